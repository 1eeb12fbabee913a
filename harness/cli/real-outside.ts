/** The Outside of the real program: this process, its streams and signals, and the real backend and suites. */
import { readFileSync } from "node:fs";
import { basename, relative } from "node:path";
import type { Output } from "../reporters/output.ts";
import type { Outside } from "./outside.ts";

const endings = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

export function realOutside(): Outside & { interrupt(): boolean } {
  const listeners = new Set<() => void>();
  const tell = () => {
    for (const listener of [...listeners]) listener();
    return listeners.size > 0;
  };
  return {
    program: programName(process.argv[1] ?? "dnc"),
    version: packageVersion(),
    self: [process.execPath, ...process.execArgv, process.argv[1] ?? ""],
    arguments: process.argv.slice(2),
    environment: process.env,
    stdout: outputOf(process.stdout),
    stderr: outputOf(process.stderr),
    suites: async () => (await import("../suites/registry.ts")).suites,
    backend: async () => (await import("../backends/netns.ts")).netnsBackend(),
    worlds: async () => (await import("./netns-worlds.ts")).netnsWorlds,
    offload: async () =>
      (await import("../install/offload.ts")).offloadOver(undefined, { isManaged: true }),
    ensurePrivileges: async () =>
      (await import("../backends/unprivileged.ts")).ensurePrivileges(process.argv),
    onInterrupt(listener) {
      if (listeners.size === 0) for (const signal of endings) process.on(signal, tell);
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) for (const signal of endings) process.off(signal, tell);
      };
    },
    exit: (code) => process.exit(code),
    interrupt: tell,
  };
}

/** As typed: npm puts a link named dnc on the PATH, a clone has harness/dnc.mjs. */
function programName(path: string): string {
  if (basename(path) === "dnc") return "npx dnc";
  const near = relative(process.cwd(), path);
  return `node ${near.startsWith("..") ? path : near}`;
}

function packageVersion(): string {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  const { version } = JSON.parse(text) as { readonly version: string };
  return version;
}

/** A reader that went away (`dnc list | head`) takes nothing with it: what is written after is dropped. */
function outputOf(stream: NodeJS.WriteStream): Output {
  let gone = false;
  stream.on("error", () => {
    gone = true;
  });
  return {
    write(text) {
      if (!gone) stream.write(text);
    },
    get isTTY() {
      return stream.isTTY === true;
    },
    get columns() {
      return stream.columns as number | undefined;
    },
  };
}
