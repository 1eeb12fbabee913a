/** CNI_ARGS: `KEY=VALUE` pairs joined by `;`, and the pod that Kubernetes runtimes name in them. */
import { CniError, cniCodes } from "./cni-error.ts";
import type { PodName } from "./types.ts";

/**
 * As strict as Go's reader: each pair has exactly one `=`, so a trailing `;` is malformed.
 * Keys nobody here knows are accepted with and without `IgnoreUnknown`, since no meaning is lost by it.
 */
export function parseCniArgs(text: string): ReadonlyMap<string, string> {
  const args = new Map<string, string>();
  if (text === "") return args;
  for (const pair of text.split(";")) {
    const [key, value, ...more] = pair.split("=");
    if (key === undefined || key === "" || value === undefined || more.length > 0) {
      throw new CniError(
        cniCodes.invalidEnvironment,
        `Cannot read CNI_ARGS: ${shorten(pair)} is not of the form KEY=VALUE`,
      );
    }
    args.set(key, value);
  }
  return args;
}

/** What can be read of damaged arguments: a DEL must not fail over them. */
export function salvageCniArgs(text: string): ReadonlyMap<string, string> {
  const args = new Map<string, string>();
  for (const pair of text.split(";")) {
    const at = pair.indexOf("=");
    if (at > 0) args.set(pair.slice(0, at), pair.slice(at + 1));
  }
  return args;
}

export function podNameOf(args: ReadonlyMap<string, string>): PodName {
  return {
    namespace: args.get("K8S_POD_NAMESPACE") ?? "",
    name: args.get("K8S_POD_NAME") ?? "",
    uid: args.get("K8S_POD_UID") ?? "",
  };
}

function shorten(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
