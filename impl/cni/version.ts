/** Which CNI versions are served, in what order they came, and the VERSION answer. */
import { CniError, cniCodes } from "./cni-error.ts";
import { type CniVersion, cniVersions } from "./types.ts";

export const newestVersion = "1.1.0" satisfies CniVersion;

/** What a configuration without `cniVersion` means to libcni and skel; older than anything served here. */
export const unsaidVersion = "0.1.0";

export function isSupported(version: string): version is CniVersion {
  return (cniVersions as readonly string[]).includes(version);
}

/** `version` is `floor` or later. */
export function atLeast(version: CniVersion, floor: CniVersion): boolean {
  return cniVersions.indexOf(version) >= cniVersions.indexOf(floor);
}

/** The version to speak; an exact match is needed, as in every library: "1.0" and "v1.0.0" are no versions. */
export function requireSupported(version: string): CniVersion {
  if (isSupported(version)) return version;
  throw new CniError(
    cniCodes.incompatibleVersion,
    `Cannot serve cniVersion ${JSON.stringify(version)}: this plugin serves ${cniVersions.join(", ")}`,
  );
}

/**
 * The `cniVersion` stdin names, whatever else is wrong with it: for the echo of VERSION and for error objects.
 * Undefined when there is none that looks like a version.
 */
export function peekVersion(stdin: Uint8Array): string | undefined {
  try {
    const config: unknown = JSON.parse(new TextDecoder().decode(stdin));
    if (typeof config !== "object" || config === null) return undefined;
    const version: unknown = Object.hasOwn(config, "cniVersion")
      ? Reflect.get(config, "cniVersion")
      : undefined;
    return typeof version === "string" && /^\d{1,9}(\.\d{1,9}){1,2}$/.test(version)
      ? version
      : undefined;
  } catch {
    return undefined;
  }
}

/** The answer to VERSION: spec 1.1.0 section 5 "VERSION Success". */
export function printVersion(echo: string): string {
  return JSON.stringify({ cniVersion: echo, supportedVersions: cniVersions });
}
