/** The network that containerd gives each pod beside its own: loopback, from where plugins are packaged. */
import { findExecutable } from "./find-executable.ts";
import type { Network } from "./network.ts";

/** where Debian and the plugins' own releases put them */
export const pluginFolders = ["/usr/lib/cni", "/opt/cni/bin"];

/** Undefined when the plugin is not installed. */
export async function loopbackNetwork(): Promise<Network | undefined> {
  const found = await findExecutable("loopback", pluginFolders);
  if (found === undefined) return undefined;
  return {
    name: "cni-loopback",
    cniVersion: "0.3.1",
    plugins: [{ type: "loopback" }],
    cniPath: pluginFolders,
    disableCheck: false,
    disableGC: false,
  };
}
