/** `ip link set`: one RTM_NEWLINK for all changes, with moving between namespaces as its hard case. */
import { checkedMac, checkName } from "../argument.ts";
import { type LinkMessage, linkFlags, linkTypes, printLink } from "../codec/link.ts";
import { linkSetWords } from "../command.ts";
import type { LinkChange, PlainLinkChange } from "../kernel.ts";
import { isErrno, NetlinkError } from "../netlink-error.ts";
import { changeAltName, findLink, linkIndex, optional } from "./links.ts";
import type { Request, RequestSocket } from "./request-socket.ts";

export interface Side {
  readonly socket: RequestSocket;
  /** for requests that the kernel takes its time over */
  readonly slow: RequestSocket;
  /** of the namespace */
  readonly fd: number;
  readonly id: string;
}

/**
 * How the kernel moves and renames in one request (net/core: do_setlink, __dev_change_net_namespace): the move
 * looks at the *old* name first. If that is taken in the target, the link arrives there under the new name, or
 * the request fails (EEXIST) with the link at home. If it is free, the link arrives under its old name and is
 * renamed before the lock is released: no `ip link show` sees the old name, only a monitor is told of both. But
 * when the new name is taken this rename fails with EEXIST *after* the move, and the link stays in the target
 * under its old name (seen on 6.18). So the new name is looked up first, and if it was taken in between, the
 * link is brought back. It then is down and has lost its addresses, as after any move.
 */
export async function changeLink(
  home: Side,
  name: string,
  { change, target }: { readonly change: LinkChange; readonly target: Side | undefined },
): Promise<void> {
  const words = () => linkSetWords(name, change);
  if (change.name !== undefined) checkName(change.name, words);
  const index = linkIndex(home.socket, name, words);
  // First: a name given up here may be what the new names need.
  for (const altName of change.altNames?.del ?? []) {
    changeAltName(home.socket, "del", { index, name, altName });
  }
  const moves = target !== undefined && target.id !== home.id;
  if (change.xdp === "off") detachXdp(home.socket, index, words);
  const message = setMessage(index, change, {
    netnsFd: moves ? target.fd : undefined,
    master: masterIndex(moves ? target.socket : home.socket, change, words),
    address: checkedMac(change.address, words),
  });
  const request: Request = {
    type: linkTypes.new,
    words,
    print: (writer) => printLink(writer, message),
  };
  if (moves) await move(home, target, { name, index, newName: change.name, request });
  else if (Object.keys(message).length > 1) home.socket.act(request);
  addAltNames(
    moves ? target.socket : home.socket,
    { name: change.name ?? name, index, moves },
    change,
  );
}

/** All of a change that takes one request and leaves the link where it is. */
export function linkChanging(
  socket: RequestSocket,
  name: string,
  change: PlainLinkChange,
): Request {
  const words = () => linkSetWords(name, change);
  const message = setMessage(linkIndex(socket, name, words), change, {
    ...{ netnsFd: undefined, master: undefined },
    address: checkedMac(change.address, words),
  });
  return { type: linkTypes.new, words, print: (writer) => printLink(writer, message) };
}

/** XDP_FLAGS_SKB_MODE, _DRV_MODE, _HW_MODE; each mode has a program of its own. */
const xdpModeFlags = [2, 4, 8];

function detachXdp(socket: RequestSocket, index: number, words: () => string): void {
  for (const flags of xdpModeFlags) {
    try {
      socket.act({
        type: linkTypes.new,
        words,
        print: (writer) => printLink(writer, { index, xdp: { fd: -1, flags } }),
      });
    } catch (error) {
      // The driver has no such mode.
      if (!isErrno(error, "EOPNOTSUPP", "EINVAL")) throw error;
    }
  }
}

interface Move {
  readonly name: string;
  readonly index: number;
  readonly newName: string | undefined;
  readonly request: Request;
}

async function move(
  home: Side,
  target: Side,
  { name, index, newName, request }: Move,
): Promise<void> {
  if (newName !== undefined && findLink(target.socket, newName) !== undefined) {
    throw new NetlinkError("EEXIST", request.words(), "the name is taken in the target namespace");
  }
  try {
    await home.slow.actSlowly(request);
  } catch (error) {
    if (isErrno(error, "EEXIST")) bringBack(home, target, { index, name });
    throw error;
  }
}

function bringBack(
  home: Side,
  target: Side,
  { index, name }: { readonly index: number; readonly name: string },
): void {
  if (findLink(home.socket, name)?.index === index) return;
  // An alternative name goes with the link.
  const stray = findLink(target.socket, name);
  if (stray === undefined) return;
  target.socket.act({
    type: linkTypes.new,
    words: () => `ip link set dev ${name} netns ${home.id}`,
    print: (writer) => printLink(writer, { index: stray.index, netnsFd: home.fd }),
  });
}

function addAltNames(
  socket: RequestSocket,
  link: { readonly name: string; readonly index: number; readonly moves: boolean },
  change: LinkChange,
): void {
  const added = change.altNames?.add ?? [];
  if (added.length === 0) return;
  // An index may change on the way.
  const index = link.moves
    ? linkIndex(socket, link.name, () => linkSetWords(link.name, change))
    : link.index;
  for (const altName of added) changeAltName(socket, "add", { index, name: link.name, altName });
}

/** The bridge is looked up where the link will be. */
function masterIndex(
  socket: RequestSocket,
  { master }: LinkChange,
  words: () => string,
): number | undefined {
  if (master === undefined) return undefined;
  return master === null ? 0 : linkIndex(socket, master, words);
}

function setMessage(
  index: number,
  change: LinkChange,
  found: {
    readonly netnsFd: number | undefined;
    readonly master: number | undefined;
    readonly address: string | undefined;
  },
): Partial<LinkMessage> {
  let flags = 0;
  let mask = 0;
  const flag = (bit: number, on: boolean | undefined) => {
    if (on !== undefined) mask |= bit;
    if (on) flags |= bit;
  };
  flag(linkFlags.up, change.up);
  flag(linkFlags.promisc, change.promisc);
  flag(linkFlags.allmulticast, change.allmulticast);
  flag(linkFlags.multicast, change.multicast);
  flag(linkFlags.noarp, change.arp === undefined ? undefined : !change.arp);
  return {
    index,
    ...(mask === 0 ? {} : { flags, change: mask }),
    ...optional("name", change.name),
    ...optional("mtu", change.mtu),
    ...optional("txQueueLen", change.txQueueLen),
    ...optional("alias", change.alias),
    ...optional("group", change.group),
    ...optional("gsoMaxSize", change.gsoMaxSize),
    ...optional("gsoMaxSegs", change.gsoMaxSegs),
    ...optional("groMaxSize", change.groMaxSize),
    ...optional("netnsFd", found.netnsFd),
    ...optional("master", found.master),
    ...optional("address", found.address),
  };
}
