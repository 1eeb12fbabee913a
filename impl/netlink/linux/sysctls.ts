/** `sysctl`: files below /proc/sys, which show the namespace of the thread that opens them. */
import { readFileSync, writeFileSync } from "node:fs";
import { errnoOf } from "../../base/errno.ts";
import { inNamespace as namedCommand } from "../command.ts";
import { errnoText } from "../errno-name.ts";
import { invalid, NetlinkError } from "../netlink-error.ts";
import { inNamespace, type Namespace } from "./namespace.ts";

export function readSysctl(namespace: Namespace, netns: string, name: string): string | undefined {
  const words = `sysctl ${name}`;
  const path = pathOf(name, words);
  try {
    return inNamespace(namespace, () => readFileSync(path, "utf8").trimEnd());
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw refused(error, namedCommand(netns, words));
  }
}

export function writeSysctl(
  namespace: Namespace,
  netns: string,
  { name, value }: { readonly name: string; readonly value: string },
): void {
  const words = `sysctl -w ${name}=${value}`;
  const path = pathOf(name, words);
  try {
    // "r+": never creates, so that an unknown name is ENOENT.
    inNamespace(namespace, () => writeFileSync(path, value, { flag: "r+" }));
  } catch (error) {
    throw refused(error, namedCommand(netns, words));
  }
}

function pathOf(name: string, words: string): string {
  const parts = name.split("/");
  if (parts.some((part) => part === "" || part === "." || part === ".." || part.includes("\0"))) {
    throw invalid(words, `"${name}" is no sysctl`);
  }
  return `/proc/sys/${name}`;
}

function refused(error: unknown, command: string): unknown {
  const errno = errnoOf(error);
  return errno === undefined ? error : new NetlinkError(errno, command, errnoText(errno));
}
