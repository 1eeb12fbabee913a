/** A node's state as lines, cheap enough to take before and after every call: links, addresses, routes, state files. */
import type { Node, Place } from "../../core/backend.ts";
import { ipFacts } from "../ip-facts.ts";

export async function nodeState(node: Node): Promise<readonly string[]> {
  const { hostState, dpuState } = node.paths;
  const [host, dpu, files] = await Promise.all([
    placeState(node.host),
    placeState(node.dpu),
    stateFiles(node.host, [hostState, dpuState]),
  ]);
  return [...host, ...dpu, ...files].sort();
}

async function placeState(place: Place): Promise<readonly string[]> {
  const { links, routes } = await ipFacts(place);
  const shown = links.flatMap((link) => {
    // A bridge takes the MAC of one of its ports.
    const mac = link.kind === "bridge" ? "" : ` ${link.mac}`;
    const head = `link ${link.name}${mac} mtu ${link.mtu} ${link.up ? "up" : "down"}`;
    return [head, ...link.addresses.map((address) => `address ${address} ${link.name}`)];
  });
  const paths = routes.map(
    ({ dst, via, dev }) => `route ${dst} via ${via ?? "-"} dev ${dev ?? "-"}`,
  );
  return [...shown, ...paths].map((line) => `${place.name}: ${line}`);
}

/** host-local keeps its lock and a note of its last address for good. */
const kept = /\/(lock|last_reserved_ip\.\d+)$/;

async function stateFiles(place: Place, folders: readonly string[]): Promise<readonly string[]> {
  const found = await place.exec(["find", ...folders, "-type", "f"]);
  return found.stdout
    .split("\n")
    .filter((path) => path !== "" && !kept.test(path))
    .map((path) => `file ${path}`);
}
