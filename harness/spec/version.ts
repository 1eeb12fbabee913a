/** The released versions of the CNI specification, their order, and since when each verb exists. */

/** Oldest first. */
export const releasedVersions = [
  "0.1.0",
  "0.2.0",
  "0.3.0",
  "0.3.1",
  "0.4.0",
  "1.0.0",
  "1.1.0",
] as const;

export const verbs = ["ADD", "DEL", "CHECK", "STATUS", "GC", "VERSION"] as const;
export type Verb = (typeof verbs)[number];

/** A missing `cniVersion` means the oldest one: that is how libcni and every Go plugin read it. */
export const assumedVersion = "0.1.0";

const verbSince: Readonly<Record<Verb, string>> = {
  ADD: "0.1.0",
  DEL: "0.1.0",
  VERSION: "0.2.0",
  CHECK: "0.4.0",
  STATUS: "1.1.0",
  GC: "1.1.0",
};

/** Negative, zero or positive as `a` is older than, equal to or newer than `b`. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a.split(".").map(Number), b.split(".").map(Number)];
  for (let part = 0; part < 3; part++) {
    const difference = (left[part] ?? 0) - (right[part] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

export function isReleased(version: string): boolean {
  return releasedVersions.some((released) => released === version);
}

/** Whether a configuration of this version may be used with this verb (RT-12). */
export function verbExists(verb: Verb, version: string): boolean {
  return compareVersions(version, verbSince[verb]) >= 0;
}

/** prevResult goes to CHECK and DEL from this version on. */
export function carriesPrevResult(version: string): boolean {
  return compareVersions(version, "0.4.0") >= 0;
}
