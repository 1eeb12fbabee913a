/** What an ADD made on a node, piece by piece, as something that can be taken away by hand: files, routes, addresses, links. */
import { rm } from "node:fs/promises";
import type { Node } from "../../core/backend.ts";

export interface Piece {
  readonly kind: "file" | "route" | "address" | "link";
  /** for messages: "route 10.244.1.5/32 of node1/dpu" */
  readonly name: string;
  remove(): Promise<unknown>;
}

/** @param changes lines of `difference`: the state before ADD and after it */
export function removable({ host, dpu }: Node, changes: readonly string[]): readonly Piece[] {
  const lines = (sign: string) =>
    changes.filter((line) => line.startsWith(sign)).map((line) => line.slice(sign.length));
  const gone = lines("- ");
  return lines("+ ").flatMap((line): readonly Piece[] => {
    const file = /^file (\S+)$/.exec(line)?.[1];
    if (file !== undefined) {
      return [{ kind: "file", name: `file ${file}`, remove: () => rm(file, { force: true }) }];
    }
    const place = [host, dpu].find(({ name }) => line.startsWith(`${name}: `));
    if (place === undefined) return [];
    const [, kind = "", name = ""] = / (link|address|route) (\S+)/.exec(line) ?? [];
    const piece = (command: readonly string[]): Piece => ({
      kind: kind === "route" || kind === "address" ? kind : "link",
      name: `${kind} ${name} of ${place.name}`,
      remove: () => place.exec(["ip", ...command]),
    });
    if (kind === "route") {
      const [, dev = "", table = ""] = / dev (\S+) table (\S+)$/.exec(line) ?? [];
      const family = name.includes(":") ? "-6" : "-4";
      return [piece([family, "route", "del", name, "dev", dev, "table", table])];
    }
    if (kind === "address") {
      return [piece(["address", "del", name, "dev", line.split(" ").at(-1) ?? ""])];
    }
    // A link that only changed was there before.
    const changed = gone.some((was) => was.startsWith(`${place.name}: link ${name} `));
    return kind === "link" && !changed ? [piece(["link", "del", name])] : [];
  });
}
