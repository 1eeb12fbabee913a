/** A backend in memory: worlds whose snapshot is a list that a test may change, and which remember what was done to them. */
import type {
  Backend,
  Node,
  NodePaths,
  Place,
  Pod,
  Prerequisite,
  World,
  WorldSpec,
} from "../core/backend.ts";

export interface FakeBackend extends Backend {
  /** every world brought up, newest last */
  readonly worlds: readonly FakeWorld[];
}

export interface FakeWorld extends World {
  /** lines of the place "machine"; a test's leak is a line added here */
  readonly lines: Set<string>;
  readonly state: { disposed: boolean; retained: boolean };
}

export interface FakeOptions {
  /** `up` fails with this */
  readonly upError?: Error;
  /** `up` waits for its signal and then fails, as an interrupted one does */
  readonly upHangs?: boolean;
  readonly disposeError?: Error;
  readonly snapshotError?: Error;
  readonly prerequisites?: readonly Prerequisite[];
  readonly removed?: readonly string[];
}

export function fakeBackend(options: FakeOptions = {}): FakeBackend {
  const worlds: FakeWorld[] = [];
  return {
    name: "netns",
    worlds,
    doctor: async () =>
      options.prerequisites ?? [{ name: "memory", state: "found", detail: "always there" }],
    async up(spec, { signal, progress }) {
      progress("bringing up a world in memory");
      if (options.upHangs) await aborted(signal);
      signal.throwIfAborted();
      if (options.upError) throw options.upError;
      const world = fakeWorld(spec, options);
      worlds.push(world);
      return world;
    },
    async clean(progress) {
      const removed = options.removed ?? [];
      for (const name of removed) progress(`removed ${name}`);
      return { removed };
    },
  };
}

export function fakeWorld(spec: WorldSpec, options: FakeOptions = {}): FakeWorld {
  const lines = new Set<string>(["link lo up"]);
  const state = { disposed: false, retained: false };
  return {
    id: "dnc-fake",
    backend: "netns",
    directory: "/nonexistent/dnc-fake",
    nodes: Array.from({ length: spec.nodes }, (_, index) => fakeNode(index + 1, spec, lines)),
    lines,
    state,
    async snapshot() {
      if (options.snapshotError) throw options.snapshotError;
      return new Map([["machine", [...lines].sort()]]);
    },
    retain() {
      state.retained = true;
      return ["kept dnc-fake", "enter: nowhere"];
    },
    async [Symbol.asyncDispose]() {
      state.disposed = true;
      if (options.disposeError) throw options.disposeError;
    },
  };
}

function fakeNode(number: number, spec: WorldSpec, lines: Set<string>): Node {
  const name = `node${number}`;
  const representor = "rep{pf}v{vf}";
  const node: Node = {
    name,
    number,
    host: fakePlace(`${name}/host`),
    dpu: fakePlace(`${name}/dpu`),
    paths: fakePaths(name),
    card: {
      pfs: ["0000:03:00.0"],
      vfs: Array.from({ length: spec.vfs }, (_, index) => ({
        pciAddress: `0000:03:0${Math.floor((index + 1) / 8)}.${(index + 1) % 8}`,
        pf: 0,
        index,
        netdev: `enp3s0f0v${index}`,
        representor: `rep0v${index}`,
      })),
      representor,
      uplink: "uplink0",
      management: { host: "198.18.0.1", dpu: "198.18.0.2" },
      fabric: { ipv4: `198.51.100.${number}`, ipv6: `2001:db8:fab::${number}` },
    },
    adoptPod: () => {
      throw new Error("a fake node has no container runtime");
    },
    async createPod(podName) {
      const line = `netns ${name}/${podName}`;
      lines.add(line);
      const pod: Pod = {
        name: podName,
        node,
        netns: `/nonexistent/${podName}`,
        place: fakePlace(`${name}/${podName}`),
        containerId: podName.padEnd(64, "0"),
        async [Symbol.asyncDispose]() {
          lines.delete(line);
        },
      };
      return pod;
    },
  };
  return node;
}

/** Commands succeed and print nothing. */
function fakePlace(name: string): Place {
  return {
    name,
    netns: `/nonexistent/${name}`,
    command: (argv) => argv,
    exec: async (argv) => ({
      argv,
      exitCode: 0,
      stdout: "",
      stderr: "",
      durationMs: 0,
      timedOut: false,
    }),
    spawn: () => {
      throw new Error(`Cannot spawn on "${name}": it is in memory only`);
    },
  };
}

function fakePaths(name: string): NodePaths {
  const below = (part: string) => `/nonexistent/${name}/${part}`;
  return {
    cniBin: below("bin"),
    cniConf: below("conf"),
    hostState: below("host"),
    dpuState: below("dpu"),
    run: below("run"),
    logs: below("logs"),
    runtime: below("runtime"),
    sysfsRoot: below("sys"),
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
