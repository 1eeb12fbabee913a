/** `tc qdisc` over netlink: which queueing disciplines a link has. */
import { messageFlags } from "../codec/message.ts";
import {
  parseQdisc,
  printQdisc,
  type QdiscMessage,
  qdiscParents,
  qdiscTypes,
} from "../codec/qdisc.ts";
import { qdiscWords } from "../command.ts";
import type { Qdisc } from "../kernel.ts";
import { invalid } from "../netlink-error.ts";
import { linkIndex, listLinks } from "./links.ts";
import type { RequestSocket } from "./request-socket.ts";

export function listQdiscs(socket: RequestSocket, link: string): Qdisc[] {
  const words = () => `tc qdisc show dev ${link}`;
  const index = linkIndex(socket, link, words);
  return socket.dump(
    {
      type: qdiscTypes.get,
      words,
      print: (writer) => printQdisc(writer, { index, handle: 0, parent: 0 }),
    },
    (bytes, message) => {
      const found = parseQdisc(bytes, message);
      // Built-in defaults have no handle.
      return found.index === index && found.handle !== 0 ? toQdisc(found) : undefined;
    },
  );
}

export function listDrops(socket: RequestSocket): ReadonlyMap<string, number> {
  const found = socket.dump(
    {
      type: qdiscTypes.get,
      words: () => "tc -s qdisc show",
      print: (writer) => printQdisc(writer, { index: 0, handle: 0, parent: 0 }),
    },
    (bytes, message) => {
      const qdisc = parseQdisc(bytes, message);
      return qdisc.parent === qdiscParents.clsact ? qdisc : undefined;
    },
  );
  const names = new Map(listLinks(socket).map(({ index, name }) => [index, name]));
  return new Map(
    found.flatMap(({ index, dropped = 0 }) => {
      const name = names.get(index);
      return name === undefined ? [] : [[name, dropped] as const];
    }),
  );
}

function toQdisc({ kind = "", handle, parent }: QdiscMessage): Qdisc {
  return { kind, handle: `${hex(handle >>> 16)}:`, parent: printParent(kind, parent) };
}

function printParent(kind: string, parent: number): string {
  if (parent === qdiscParents.root) return "root";
  if (parent === qdiscParents.clsact) return kind === "clsact" ? "clsact" : "ingress";
  return `${hex(parent >>> 16)}:${hex(parent & 0xffff)}`;
}

function hex(value: number): string {
  return value.toString(16);
}

export function changeQdisc(
  socket: RequestSocket,
  verb: "add" | "del",
  { link, qdisc }: { readonly link: string; readonly qdisc: Qdisc },
): void {
  const words = () => qdiscWords(verb, link, qdisc);
  const parent = parseParent(qdisc.parent, words);
  const ingress = parent === qdiscParents.clsact;
  const handle = qdisc.handle === "" ? 0 : parseHandle(qdisc.handle, words);
  const index = linkIndex(socket, link, words);
  socket.act({
    type: verb === "add" ? qdiscTypes.new : qdiscTypes.del,
    flags: verb === "add" ? messageFlags.create | messageFlags.exclusive : 0,
    words,
    print: (writer) =>
      printQdisc(writer, {
        index,
        // The only handle an ingress qdisc can have.
        handle: ingress && handle === 0 ? 0xffff0000 : handle,
        parent,
        kind: qdisc.kind,
      }),
  });
}

function parseParent(text: string, words: () => string): number {
  if (text === "root") return qdiscParents.root;
  if (text === "ingress" || text === "clsact") return qdiscParents.clsact;
  return parseHandle(text, words);
}

function parseHandle(text: string, words: () => string): number {
  const match = /^([0-9a-f]{1,4}):([0-9a-f]{0,4})$/i.exec(text);
  if (match === null) throw invalid(words(), `"${text}" is no handle`);
  const [major = "", minor = ""] = match.slice(1);
  return Number.parseInt(major, 16) * 0x10000 + (minor === "" ? 0 : Number.parseInt(minor, 16));
}
