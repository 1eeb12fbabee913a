/** Installs the plugin that is broken on purpose, for the tests that see the checks of smoke fail. */
import { chmod, copyFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Node } from "../../core/backend.ts";
import type { Installer } from "../../core/installation.ts";
import type { Plugin } from "../../core/plugin.ts";

const source = fileURLToPath(new URL("../../../fixtures/plugins/broken-cni.mjs", import.meta.url));

/** @param mutation where it is broken; "" for nowhere */
export function brokenInstaller(mutation: string): Installer {
  const type = mutation === "" ? "broken-cni" : `broken-cni--${mutation}`;
  const pathOn = (node: Node) => join(node.paths.cniBin, type);
  const stateOn = (node: Node) => join(node.paths.hostState, type);
  return {
    name: type,
    async install(world) {
      for (const node of world.nodes) {
        await copyFile(source, pathOn(node));
        await chmod(pathOn(node), 0o755);
      }
      return {
        plugin: (node): Plugin => ({
          name: type,
          cniPath: [node.paths.cniBin],
          type,
          conflist: { name: "brokennet", plugins: [{ type, stateDir: stateOn(node) }] },
          versions: ["0.3.1", "0.4.0", "1.0.0", "1.1.0"],
        }),
        casualties: () => [],
        async [Symbol.asyncDispose]() {
          for (const node of world.nodes) {
            await rm(pathOn(node), { force: true });
            await rm(stateOn(node), { recursive: true, force: true });
          }
        },
      };
    },
  };
}
