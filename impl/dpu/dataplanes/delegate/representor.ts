/** The representor's way into the port's namespace and home again. */
import type { Netns } from "../../../netlink/kernel.ts";

/** Idempotent. */
export async function takeRepresentor(root: Netns, port: Netns, name: string): Promise<void> {
  if ((await port.link(name)) !== undefined) return;
  if ((await root.link(name)) === undefined)
    throw new Error(`representor "${name}" does not exist`);
  await root.linkSet(name, { netns: port });
}

/** Idempotent, and nothing happens when it is gone. From here on nothing reaches whoever gets the VF next. */
export async function returnRepresentor(
  root: Netns,
  port: Netns | undefined,
  former: { readonly name: string; readonly up: boolean; readonly mtu: number },
): Promise<void> {
  const { name, up, mtu } = former;
  if (port !== undefined && (await port.link(name)) !== undefined) {
    await port.linkSet(name, { netns: root, up: false });
  }
  const home = await root.link(name);
  if (home === undefined || (home.up === up && home.mtu === mtu)) return;
  await root.linkSet(name, { up, mtu });
}
