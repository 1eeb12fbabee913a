/** Temporary: the part of Kernel that worlds need, through `ip`, until impl/netlink/linux.ts is there. */
import { spawn } from "node:child_process";
import { statSync } from "node:fs";
import type { Kernel, Link, LinkEvent, Netns } from "../../impl/netlink/kernel.ts";
import { NetlinkError } from "../../impl/netlink/netlink-error.ts";
import { runCommand } from "./run-command.ts";

export function ipKernel(): Kernel {
  return { open: async (path = "/proc/self/ns/net") => ipNetns(path) };
}

function ipNetns(path: string): Netns {
  const enter = ["nsenter", `--net=${path}`];
  const run = async (...argv: string[]) => {
    const result = await runCommand([...enter, ...argv]);
    if (result.exitCode === 0) return result.stdout;
    const errno = /File exists/.test(result.stderr) ? "EEXIST" : "EIO";
    throw new NetlinkError(errno, argv.join(" "), result.stderr.trim());
  };
  const links = async (): Promise<readonly Link[]> =>
    (JSON.parse(await run("ip", "-j", "-d", "link", "show")) as any[]).map((l) => ({
      index: l.ifindex,
      name: l.ifname,
      kind: l.linkinfo?.info_kind ?? "",
      address: l.address ?? "",
      mtu: l.mtu,
      up: l.flags.includes("UP"),
      running: l.flags.includes("LOWER_UP"),
      promisc: false,
      allmulticast: false,
      txQueueLen: l.txqlen,
      altNames: [],
      ...(l.link_index === undefined ? {} : { peer: l.link_index }),
      ...(l.link_netnsid === undefined ? {} : { peerNetnsId: l.link_netnsid }),
    }));
  const part: Partial<Netns> & { path: string } = {
    path,
    id: `${statSync(path).ino}`,
    name: path,
    [Symbol.dispose]: () => {},
    links,
    link: async (name) => (await links()).find((l) => l.name === name),
    async linkAdd(spec) {
      if (spec.kind === "bridge") {
        await run("ip", "link", "add", spec.name, "type", "bridge");
        return;
      }
      const more = (e: { mtu?: number; address?: string }) => [
        ...(e.mtu ? ["mtu", `${e.mtu}`] : []),
        ...(e.address ? ["address", e.address] : []),
      ];
      const peerPath = (spec.peer.netns as any)?.path as string | undefined;
      await run(
        "ip",
        "link",
        "add",
        spec.name,
        ...more(spec),
        "type",
        "veth",
        "peer",
        "name",
        spec.peer.name,
        ...more(spec.peer),
        ...(peerPath ? ["netns", peerPath.split("/").at(-1) ?? ""] : []),
      );
    },
    async linkSet(name, c) {
      await run(
        "ip",
        "link",
        "set",
        "dev",
        name,
        ...(c.master ? ["master", c.master] : []),
        ...(c.up ? ["up"] : []),
      );
    },
    addressAdd: async (link, a) => {
      await run("ip", "address", "add", a.address, "dev", link, ...(a.nodad ? ["nodad"] : []));
    },
    sysctl: async (name) => (await run("cat", `/proc/sys/${name}`)).trim(),
    sysctlSet: async (name, value) => {
      await run("sh", "-c", `echo ${value} >/proc/sys/${name}`);
    },
    async *watchLinks(signal): AsyncIterable<LinkEvent> {
      const child = spawn("nsenter", [`--net=${path}`, "ip", "monitor", "link"], {
        stdio: ["ignore", "pipe", "ignore"],
      });
      signal.addEventListener("abort", () => child.kill("SIGKILL"));
      try {
        for await (const _ of child.stdout) yield { kind: "changed", name: "", index: 0 };
      } catch {
        /* killed */
      }
    },
  };
  return part as unknown as Netns;
}
