/** Loads @peculiar/x509, which is only needed to make certificates, never to use them. */

export async function loadX509(): Promise<typeof import("@peculiar/x509")> {
  // Its injector (tsyringe) refuses to load without the reflect-metadata polyfill. The library registers its classes
  // by hand and asks for no metadata, so the one function that is looked for is enough.
  if (!("getMetadata" in Reflect)) {
    Object.defineProperty(Reflect, "getMetadata", { value: () => undefined, configurable: true });
  }
  return import("@peculiar/x509");
}
