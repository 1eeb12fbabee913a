/** The default backend: worlds in network namespaces of this machine, with emulated cards. */
import type { Backend } from "../core/backend.ts";
import { cleanWorlds } from "./clean.ts";
import { checkPrerequisites } from "./doctor.ts";
import { bringUp } from "./world.ts";

export function netnsBackend(options: { readonly workDirectory?: string } = {}): Backend {
  return {
    name: "netns",
    doctor: () => checkPrerequisites(),
    up: async (spec, upOptions) => {
      const { linuxKernel } = await import("../../impl/netlink/linux.ts");
      return bringUp(spec, { ...options, kernel: linuxKernel() }, upOptions);
    },
    clean: (progress) => cleanWorlds(progress),
  };
}
