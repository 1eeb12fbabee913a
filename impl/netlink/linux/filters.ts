/** `tc filter` over netlink, for programs that judge frames: classic BPF, and the limit of a rate. */
import { closeSync } from "node:fs";
import { instructionLength } from "../bpf/assemble.ts";
import { readBytecode } from "../bpf/bytecode.ts";
import { limitProgram, limitStateLength } from "../bpf/limit-program.ts";
import { createMap, loadProgram } from "../bpf/load-program.ts";
import {
  egressParent,
  everyProtocol,
  type FilterMessage,
  filterTypes,
  ingressParent,
  parseFilter,
  printFilter,
} from "../codec/filter.ts";
import { messageFlags } from "../codec/message.ts";
import { filterAddWords, filterDelWords } from "../command.ts";
import { errnoName } from "../errno-name.ts";
import type { Filter, FilterPlace, RateLimit } from "../kernel.ts";
import { invalid } from "../netlink-error.ts";
import { refused } from "../refused.ts";
import { linkIndex } from "./links.ts";
import type { RequestSocket } from "./request-socket.ts";

const parents = { ingress: ingressParent, egress: egressParent } as const;
const hooks = ["ingress", "egress"] as const;

/** What a limit is called says what it is: the kernel does not show its instructions. */
const limitName = /^limit:(\d+):(\d+)$/;

function nameOf({ bitsPerSecond, burstBytes }: RateLimit): string {
  return `limit:${bitsPerSecond}:${burstBytes}`;
}

export function listFilters(socket: RequestSocket, link: string): Filter[] {
  const words = () => `tc filter show dev ${link} ingress`;
  const index = linkIndex(socket, link, words);
  return hooks.flatMap((hook) => {
    const target = { index, handle: 0, parent: parents[hook], preference: 0, protocol: 0 };
    return socket.dump(
      { type: filterTypes.get, words, print: (writer) => printFilter(writer, target) },
      (bytes, message) => {
        const filter = parseFilter(bytes, message);
        return filter.index === index ? toFilter(hook, filter) : undefined;
      },
    );
  });
}

function toFilter(hook: FilterPlace["hook"], filter: FilterMessage): Filter | undefined {
  const { preference, bytecode, name = "" } = filter;
  if (bytecode !== undefined) return { hook, preference, bytecode };
  const [, bitsPerSecond, burstBytes] = limitName.exec(name) ?? [];
  if (bitsPerSecond === undefined) return undefined;
  const limit = { bitsPerSecond: Number(bitsPerSecond), burstBytes: Number(burstBytes) };
  return { hook, preference, limit };
}

export function addFilter(socket: RequestSocket, link: string, filter: Filter): void {
  const words = () => filterAddWords(link, filter);
  const { hook, preference } = filter;
  const index = linkIndex(socket, link, words);
  const place = { index, handle: 0, parent: parents[hook], preference, protocol: everyProtocol };
  const send = (message: Partial<FilterMessage>) =>
    socket.act({
      type: filterTypes.new,
      flags: messageFlags.create | messageFlags.exclusive,
      words,
      print: (writer) => printFilter(writer, { ...place, kind: "bpf", ...message }),
    });
  if ("bytecode" in filter) {
    const instructions = readBytecode(filter.bytecode);
    if (instructions === undefined) throw invalid(words(), "it is no program");
    send({ instructions });
    return;
  }
  const programFd = loadLimit(filter.limit, words);
  try {
    send({ name: nameOf(filter.limit), programFd });
  } finally {
    closeSync(programFd);
  }
}

function loadLimit(limit: RateLimit, words: () => string): number {
  const text = "the program cannot be loaded";
  const map = createMap(limitStateLength);
  if (map < 0) throw refused(errnoName(-map), words(), text);
  try {
    const program = loadProgram(limitProgram(limit, map), instructionLength);
    if (program < 0) throw refused(errnoName(-program), words(), text);
    return program;
  } finally {
    closeSync(map);
  }
}

export function deleteFilter(socket: RequestSocket, link: string, place: FilterPlace): void {
  const words = () => filterDelWords(link, place);
  const { hook, preference } = place;
  const index = linkIndex(socket, link, words);
  const target = { index, handle: 0, parent: parents[hook], preference, protocol: everyProtocol };
  socket.act({ type: filterTypes.del, words, print: (writer) => printFilter(writer, target) });
}
