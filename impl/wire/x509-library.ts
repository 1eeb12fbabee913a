/** Loads @peculiar/x509, which is only needed to make certificates, never to use them. */

export async function loadX509(): Promise<typeof import("@peculiar/x509")> {
  // Its injector (tsyringe) refuses to load without this polyfill, and leaves the choice of one to its user.
  await import("reflect-metadata");
  return import("@peculiar/x509");
}
