/** Loads @peculiar/x509, which is only needed to make certificates, never to use them. */

export async function loadX509(): Promise<typeof import("@peculiar/x509")> {
  // Its injector (tsyringe) refuses to load without the reflect-metadata polyfill and looks for constructor types
  // in it. None of the library's injected classes takes arguments, so a memory that is always empty is enough.
  for (const name of ["getMetadata", "getOwnMetadata", "defineMetadata"]) {
    if (name in Reflect) continue;
    Object.defineProperty(Reflect, name, { value: () => undefined, configurable: true });
  }
  return import("@peculiar/x509");
}
