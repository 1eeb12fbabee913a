/** `tc filter` over netlink, for the one use it has here: all that comes in at one link leaves by another. */
import { closeSync } from "node:fs";
import { instructionLength, redirectProgram } from "../bpf/assemble.ts";
import { loadProgram } from "../bpf/load-program.ts";
import {
  everyProtocol,
  type FilterMessage,
  filterTypes,
  ingressParent,
  parseFilter,
  printFilter,
} from "../codec/filter.ts";
import { messageFlags } from "../codec/message.ts";
import { redirectWords } from "../command.ts";
import { errnoName } from "../errno-name.ts";
import type { Redirect } from "../kernel.ts";
import { refused } from "../refused.ts";
import { linkIndex, listLinks } from "./links.ts";
import type { RequestSocket } from "./request-socket.ts";

/** What a program of ours is called says where it leads: the kernel does not show its instructions. */
const programNames = { bpf: "redirect", bpfPeer: "redirect_peer" } as const;
const programName = /^(redirect|redirect_peer):(\d+)$/;

export function listRedirects(socket: RequestSocket, link: string): Redirect[] {
  const words = () => `tc filter show dev ${link} ingress`;
  const index = linkIndex(socket, link, words);
  const target = { index, handle: 0, parent: ingressParent, preference: 0, protocol: 0 };
  const found = socket.dump(
    { type: filterTypes.get, words, print: (writer) => printFilter(writer, target) },
    (bytes, message) => {
      const filter = parseFilter(bytes, message);
      const to = filter.index === index ? targetOf(filter) : undefined;
      return to === undefined ? undefined : { preference: filter.preference, ...to };
    },
  );
  if (found.length === 0) return [];
  const names = new Map(listLinks(socket).map(({ index, name }) => [index, name]));
  return found.map(({ preference, by, to }) => ({ preference, by, to: names.get(to) ?? "" }));
}

function targetOf(filter: FilterMessage): { by: Redirect["by"]; to: number } | undefined {
  if (filter.mirredTo !== undefined) return { by: "mirred", to: filter.mirredTo };
  const [, call, index] = programName.exec(filter.name ?? "") ?? [];
  if (call === undefined) return undefined;
  return { by: call === programNames.bpf ? "bpf" : "bpfPeer", to: Number(index) };
}

export function addRedirect(socket: RequestSocket, link: string, redirect: Redirect): void {
  const words = () => redirectWords("add", link, redirect);
  const { preference, by, to } = redirect;
  const index = linkIndex(socket, link, words);
  const target = linkIndex(socket, to, words);
  if (listRedirects(socket, link).some((other) => other.preference === preference)) {
    throw refused("EEXIST", words());
  }
  const filter = { index, handle: 0, parent: ingressParent, preference, protocol: everyProtocol };
  const send = (message: FilterMessage) =>
    socket.act({
      type: filterTypes.new,
      flags: messageFlags.create | messageFlags.exclusive,
      words,
      print: (writer) => printFilter(writer, message),
    });
  if (by === "mirred") send({ ...filter, kind: "u32", mirredTo: target });
  else sendProgram({ ...filter, kind: "bpf", name: `${programNames[by]}:${target}` });

  function sendProgram(message: FilterMessage): void {
    const program = redirectProgram(target, { peer: by === "bpfPeer" });
    const programFd = loadProgram(program, instructionLength);
    const text = "the program cannot be loaded";
    if (programFd < 0) throw refused(errnoName(-programFd), words(), text);
    try {
      send({ ...message, programFd });
    } finally {
      closeSync(programFd);
    }
  }
}

export function deleteRedirect(socket: RequestSocket, link: string, preference: number): void {
  const words = () => `tc filter del dev ${link} ingress pref ${preference}`;
  const index = linkIndex(socket, link, words);
  const target = { index, handle: 0, parent: ingressParent, preference, protocol: everyProtocol };
  socket.act({ type: filterTypes.del, words, print: (writer) => printFilter(writer, target) });
}
