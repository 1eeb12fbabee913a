/** The system calls netlink needs that Node does not offer; each answers a result, or minus the error number. */
import koffi, { type KoffiFunc } from "koffi";

const libc = koffi.load(null);

/** Reads errno right after the call, before other code of this thread can change it. */
function failing(result: number): number {
  return result < 0 ? -koffi.errno() : result;
}

type Bytes = Uint8Array;

const c = {
  socket: libc.func("int socket(int, int, int)") as KoffiFunc<
    (family: number, type: number, protocol: number) => number
  >,
  bind: libc.func("int bind(int, void *, unsigned int)") as KoffiFunc<
    (fd: number, address: Bytes, length: number) => number
  >,
  setsockopt: libc.func("int setsockopt(int, int, int, void *, unsigned int)") as KoffiFunc<
    (fd: number, level: number, name: number, value: Bytes, length: number) => number
  >,
  send: libc.func("long send(int, void *, size_t, int)") as KoffiFunc<
    (fd: number, bytes: Bytes, length: number, flags: number) => number
  >,
  sendto: libc.func("long sendto(int, void *, size_t, int, void *, unsigned int)") as KoffiFunc<
    (
      fd: number,
      bytes: Bytes,
      length: number,
      flags: number,
      address: Bytes,
      addressLength: number,
    ) => number
  >,
  recv: libc.func("long recv(int, void *, size_t, int)") as KoffiFunc<
    (fd: number, bytes: Bytes, length: number, flags: number) => number
  >,
  recvfrom: libc.func("long recvfrom(int, void *, size_t, int, void *, void *)") as KoffiFunc<
    (
      fd: number,
      bytes: Bytes,
      length: number,
      flags: number,
      address: Bytes,
      addressLength: Bytes,
    ) => number
  >,
  setns: libc.func("int setns(int, int)") as KoffiFunc<(fd: number, type: number) => number>,
  unshare: libc.func("int unshare(int)") as KoffiFunc<(flags: number) => number>,
  ioctl: libc.func("int ioctl(int, unsigned long, long)") as KoffiFunc<
    (fd: number, request: number, value: number) => number
  >,
  mount: libc.func(
    "int mount(const char *, const char *, const char *, unsigned long, void *)",
  ) as KoffiFunc<
    (source: string, target: string, type: string, flags: number, data: null) => number
  >,
  umount2: libc.func("int umount2(const char *, int)") as KoffiFunc<
    (target: string, flags: number) => number
  >,
};

export const netlinkFamily = 16;
export const packetFamily = 17;
export const rawType = 3;
const closeOnExec = 0x80000;

export function socket(family: number, type: number, protocol: number): number {
  return failing(c.socket(family, type | closeOnExec, protocol));
}

export function bind(fd: number, address: Bytes): number {
  return failing(c.bind(fd, address, address.length));
}

export function setSocketOption(fd: number, level: number, name: number, value: Bytes): number {
  return failing(c.setsockopt(fd, level, name, value, value.length));
}

/** MSG_NOSIGNAL is not needed: netlink and packet sockets raise no SIGPIPE. */
export function send(fd: number, bytes: Bytes): number {
  return failing(c.send(fd, bytes, bytes.length, 0));
}

/**
 * `send` from another thread; the descriptor must stay open, and `bytes` unchanged, until it resolves. -1 when it
 * failed: errno stays with that thread.
 */
export function sendOnThread(fd: number, bytes: Bytes): Promise<number> {
  return new Promise((resolve, reject) => {
    c.send.async(fd, bytes, bytes.length, 0, (error: unknown, result: number) => {
      if (error) reject(error);
      else resolve(result);
    });
  });
}

export function sendTo(fd: number, bytes: Bytes, address: Bytes): number {
  return failing(c.sendto(fd, bytes, bytes.length, 0, address, address.length));
}

export const messageTruncated = 0x20;
export const dontWait = 0x40;

export function receive(fd: number, into: Bytes, flags: number): number {
  return failing(c.recv(fd, into, into.length, flags));
}

/** `address` gets the sender's. */
export function receiveFrom(fd: number, into: Bytes, address: Bytes): number {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(address.length);
  return failing(c.recvfrom(fd, into, into.length, dontWait, address, length));
}

export const cloneNewnet = 0x40000000;

/** Moves the calling thread into the network namespace `fd` refers to. */
export function setNetns(fd: number): number {
  return failing(c.setns(fd, cloneNewnet));
}

/** Moves the calling thread into a new network namespace. */
export function unshareNetns(): number {
  return failing(c.unshare(cloneNewnet));
}

/** linux/if.h `struct ifreq` with a pointer */
koffi.struct("cni_offload_ifreq", {
  name: koffi.array("char", 16),
  command: "void *",
  rest: koffi.array("uint8_t", 16),
});
const ioctlOfLink = libc.func("int ioctl(int, unsigned long, cni_offload_ifreq *)") as KoffiFunc<
  (
    fd: number,
    request: number,
    of: { readonly name: string; readonly command: Bytes; readonly rest: Uint8Array },
  ) => number
>;
const siocEthtool = 0x8946;

/** SIOCETHTOOL; `command` is both the question and the answer. The link is one of the namespace `fd` was made in. */
export function ethtool(fd: number, link: string, command: Bytes): number {
  const of = { name: link, command, rest: new Uint8Array(16) };
  return failing(ioctlOfLink(fd, siocEthtool, of));
}

const indexOfLink = libc.func("int ioctl(int, unsigned long, _Inout_ uint8_t *)") as KoffiFunc<
  (fd: number, request: number, of: Bytes) => number
>;
const siocGifIndex = 0x8933;
/** linux/if.h `struct ifreq`: the name, then what is asked of it */
const ifreq = Buffer.alloc(40);
const nameLength = 16;

/** SIOCGIFINDEX: of a link of the namespace `fd` was made in, alternative names too, without the lock that changes to
 *  links hold. `name` is at most 15 bytes. */
export function linkIndexOf(fd: number, name: string): number {
  ifreq.fill(0, 0, nameLength);
  ifreq.write(name, 0, nameLength - 1);
  const result = failing(indexOfLink(fd, siocGifIndex, ifreq));
  return result < 0 ? result : ifreq.readInt32LE(nameLength);
}

/** linux/nsfs.h: which kind of namespace a file descriptor refers to, as a CLONE_ flag */
const nsGetNstype = 0xb703;

export function namespaceType(fd: number): number {
  return failing(c.ioctl(fd, nsGetNstype, 0));
}

const bindMount = 0x1000;
const lazyUnmount = 2;

export function mountBind(source: string, target: string): number {
  return failing(c.mount(source, target, "none", bindMount, null));
}

export function unmount(target: string): number {
  return failing(c.umount2(target, lazyUnmount));
}
