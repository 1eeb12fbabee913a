/** `ip neigh` over netlink: the neighbours of a link, and the addresses it answers for as a proxy. */
import { checkedIp, checkedMac } from "../argument.ts";
import { messageFlags } from "../codec/message.ts";
import {
  type NeighMessage,
  neighStates,
  neighTypes,
  parseNeigh,
  printNeigh,
  proxyFlag,
} from "../codec/neigh.ts";
import { neighDelWords, neighReplaceWords } from "../command.ts";
import { familyOf } from "../ip-address.ts";
import type { Neigh } from "../kernel.ts";
import { familyNumbers, familyOfNumber } from "./family.ts";
import { linkIndex } from "./links.ts";
import type { Request, RequestSocket } from "./request-socket.ts";

export function listNeighs(socket: RequestSocket, link: string): Neigh[] {
  const words = () => `ip neigh show dev ${link}`;
  const index = linkIndex(socket, link, words);
  return [0, proxyFlag].flatMap((flags) =>
    socket.dump(
      {
        type: neighTypes.get,
        words,
        print: (writer) => printNeigh(writer, { family: 0, index: 0, state: 0, flags, type: 0 }),
      },
      (bytes, message) => {
        if (familyOfNumber(bytes[message.start]) === undefined) return undefined;
        const found = parseNeigh(bytes, message);
        return found.index === index ? toNeigh(found) : undefined;
      },
    ),
  );
}

function toNeigh(message: NeighMessage): Neigh | undefined {
  const address = message.dst;
  if (address === undefined) return undefined;
  if ((message.flags & proxyFlag) !== 0) return { address, lladdr: "", proxy: true };
  // As `ip neigh show`: multicast and the like need no neighbour.
  const state = Object.entries(neighStates).find(([, bit]) => (message.state & bit) !== 0)?.[0];
  if (state === undefined || state === "noarp") return undefined;
  return { address, lladdr: message.lladdr ?? "", state };
}

export function replaceNeigh(socket: RequestSocket, link: string, neigh: Neigh): void {
  socket.act(neighReplacing(socket, link, neigh));
}

export function neighReplacing(socket: RequestSocket, link: string, neigh: Neigh): Request {
  const words = () => neighReplaceWords(link, neigh);
  const lladdr = checkedMac(neigh.proxy ? undefined : neigh.lladdr, words);
  const dst = checkedIp(neigh.address, words);
  const index = linkIndex(socket, link, words);
  return {
    type: neighTypes.new,
    flags: messageFlags.create | messageFlags.replace,
    words,
    print: (writer) =>
      printNeigh(writer, {
        family: familyNumbers[familyOf(dst)],
        index,
        state: neighStates.permanent,
        flags: neigh.proxy ? proxyFlag : 0,
        type: 0,
        dst,
        ...(lladdr === undefined ? {} : { lladdr }),
      }),
  };
}

interface NeighName {
  readonly address: string;
  readonly proxy: boolean;
}

export function deleteNeigh(socket: RequestSocket, link: string, name: NeighName): void {
  socket.act(neighDeleting(socket, link, name));
}

export function neighDeleting(
  socket: RequestSocket,
  link: string,
  { address, proxy }: NeighName,
): Request {
  const words = () => neighDelWords(link, address, proxy);
  const dst = checkedIp(address, words);
  const index = linkIndex(socket, link, words);
  const flags = proxy ? proxyFlag : 0;
  const family = familyNumbers[familyOf(dst)];
  return {
    type: neighTypes.del,
    words,
    print: (writer) => printNeigh(writer, { family, index, state: 0, flags, type: 0, dst }),
  };
}
