/** A DPU for tests of `delegate` over the real kernel, with Debian's bridge and host-local, and three representors. */
import { access, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLog } from "../../../base/log.ts";
import type { Netns } from "../../../netlink/kernel.ts";
import { linuxKernel } from "../../../netlink/linux.ts";
import { memoryStore } from "../../../store/memory-store.ts";
import type { DataplaneWorld } from "../../dataplane.contract.ts";
import type { Dataplane } from "../../dataplane.ts";
import { testGuard } from "../../guard/create-guard.ts";
import { type DelegateRecord, parseDelegateRecord } from "./attachment-record.ts";
import { createDelegate } from "./delegate.ts";
import { delegateShape } from "./delegate-config.ts";
import { namespacePath } from "./port-namespace.ts";
import { type RunPlugin, runPlugin } from "./run-plugin.ts";

export const debianPlugins = "/usr/lib/cni";

/** Why tests with Debian's plugins cannot run, or false. */
export async function withoutPlugins(): Promise<string | false> {
  if (!process.env.DNC_SCRATCH_NETNS) return "needs namespaces of its own: run it through npm test";
  try {
    await access(join(debianPlugins, "bridge"));
    return false;
  } catch {
    return `no ${debianPlugins}/bridge: apt-get install containernetworking-plugins`;
  }
}

export interface DelegateTestWorld extends DataplaneWorld {
  readonly netns: Netns;
  readonly folder: string;
  readonly log: readonly string[];
  portNamespace(key: string): Promise<Netns>;
  path(key: string): string;
  record(key: string): Promise<DelegateRecord | undefined>;
  putRecord(key: string, record: DelegateRecord): Promise<void>;
  deleteRecord(key: string): Promise<void>;
  /** the list that the next ADD finds */
  configure(list: unknown): Promise<void>;
}

export function bridgeList(folder: string): Record<string, unknown> {
  return {
    cniVersion: "1.0.0",
    name: "podnet",
    plugins: [
      {
        type: "bridge",
        bridge: "cni0",
        isGateway: true,
        ipMasq: false,
        capabilities: { mac: true, ips: true },
        ipam: {
          type: "host-local",
          dataDir: join(folder, "ipam"),
          ranges: [[{ subnet: "10.88.0.0/24" }]],
          routes: [{ dst: "0.0.0.0/0" }],
        },
      },
    ],
  };
}

export interface WorldOptions {
  readonly list?: (folder: string) => unknown;
  readonly join?: "auto" | "mirred" | "bpf";
  /** Makes a folder of further plugins and gives its path. */
  readonly script?: (folder: string) => Promise<string>;
  readonly addMs?: number;
}

/** The test's process must be in the DPU's namespace: plugins start where it is. */
export async function delegateWorld(options: WorldOptions = {}): Promise<DelegateTestWorld> {
  const { list = bridgeList, join: how = "auto", script, addMs = 8_000 } = options;
  const folder = await mkdtemp(join(tmpdir(), "delegate-"));
  const own = script === undefined ? [] : [await script(folder)];
  const cniBin = [...own, debianPlugins];
  const kernel = linuxKernel();
  const dpuPath = join(folder, "dpu");
  await kernel.netnsAdd(dpuPath);
  const netns = await kernel.open(dpuPath);
  await netns.linkSet("lo", { up: true });
  const representors = ["rep0v0", "rep0v1", "rep0v2"];
  for (const name of representors) {
    await netns.linkAdd({ kind: "veth", name, mtu: 1450, peer: { name: `vf${name}`, mtu: 1450 } });
  }
  const conflist = join(folder, "net.conflist");
  const configure = (value: unknown) => writeFile(conflist, JSON.stringify(value));
  await configure(list(folder));
  const namespaces = join(folder, "netns");
  const config = delegateShape.parse({
    ...{ kind: "delegate", conflist, cniBin, join: how, namespaces },
    timeoutsMs: { add: addMs, del: addMs },
  });
  const records = memoryStore(parseDelegateRecord);
  const lines: string[] = [];
  const log = createLog({ component: "test", write: (line) => void lines.push(line) });
  const start = async (): Promise<Dataplane> => {
    const here = { ...kernel, open: (path?: string) => kernel.open(path ?? dpuPath) };
    const run = inNamespace(dpuPath);
    const guard = testGuard;
    const dataplane = await createDelegate(config, { kernel: here, records, run, log, guard });
    await dataplane.start();
    return dataplane;
  };
  const opened: Netns[] = [];
  const left = async () => (await readdir(namespaces).catch(() => [])).sort();
  return {
    ...{ netns, folder, configure, representors, log: lines },
    record: async (key) => (await records.load()).records.get(key),
    putRecord: (key, record) => records.put(key, record),
    deleteRecord: (key) => records.delete(key),
    path: (key) => namespacePath(namespaces, key),
    portNamespace: (key) => kernel.open(namespacePath(namespaces, key)),
    nodeBefore: await left(),
    nodeSnapshot: left,
    startChangesNothing: true,
    dataplane: await start(),
    restart: start,
    async placeOf({ key }) {
      const place = await kernel.open(namespacePath(namespaces, key));
      opened.push(place);
      return place;
    },
    async remove(representor) {
      for (const name of await left()) {
        using port = await kernel.open(join(namespaces, name));
        if ((await port.link(representor)) !== undefined) return port.linkDel(representor);
      }
      await netns.linkDel(representor);
    },
    async snapshot() {
      const links = (await netns.links())
        .filter(({ name }) => name !== "cni0")
        .map(({ name, mtu, up }) => `${name} ${mtu} ${up}`);
      return { links: links.sort(), namespaces: await left() };
    },
    async [Symbol.asyncDispose]() {
      for (const place of opened) place[Symbol.dispose]();
      for (const name of await left()) await kernel.netnsDel(join(namespaces, name));
      netns[Symbol.dispose]();
      await kernel.netnsDel(dpuPath);
      await rm(folder, { recursive: true });
    },
  };
}

/** Runs plugins in the DPU's namespace, as the agent does whose own namespace that is. */
function inNamespace(path: string): RunPlugin {
  return (call) =>
    runPlugin({
      ...call,
      executable: "/usr/bin/nsenter",
      arguments: [`--net=${path}`, call.executable],
    });
}
