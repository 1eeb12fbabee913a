/**
 * Takes away the addresses and routes that daemons leave in a namespace when they stop, as an operator does who
 * uninstalls: a daemon that only restarts must keep them, since the pods' traffic goes on without it.
 */
import { z } from "zod";
import type { Place } from "../core/backend.ts";

/** commands that remove one thing each, by that thing's own description */
export type NetworkPieces = ReadonlyMap<string, readonly string[]>;

const addressList = z.array(
  z.looseObject({
    ifname: z.string(),
    addr_info: z
      .array(z.looseObject({ local: z.string(), prefixlen: z.number(), scope: z.string() }))
      .default([]),
  }),
);
const routeList = z.array(z.looseObject({ type: z.string().default("unicast"), dst: z.string() }));

export async function networkPieces(place: Place): Promise<NetworkPieces> {
  const pieces = new Map<string, readonly string[]>();
  for (const family of ["-4", "-6"]) {
    for (const { type, dst } of routeList.parse(await list(place, ["ip", "-j", family, "route"]))) {
      pieces.set(`${type} ${dst}`, ["ip", family, "route", "del", type, dst]);
    }
  }
  for (const { ifname, addr_info } of addressList.parse(
    await list(place, ["ip", "-j", "address"]),
  )) {
    for (const { local, prefixlen, scope } of addr_info) {
      if (scope === "link") continue;
      const address = `${local}/${prefixlen}`;
      pieces.set(`${address} ${ifname}`, ["ip", "address", "del", address, "dev", ifname]);
    }
  }
  return pieces;
}

/** Removes what is not in `before`, routes first. What is gone already is gone. */
export async function removeResidue(place: Place, before: NetworkPieces): Promise<void> {
  for (const [piece, command] of await networkPieces(place)) {
    if (!before.has(piece)) await place.exec(command);
  }
}

async function list(place: Place, argv: readonly string[]): Promise<unknown> {
  const { stdout } = await place.exec(argv);
  return stdout.trim() === "" ? [] : JSON.parse(stdout);
}
