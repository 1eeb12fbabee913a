/** A node whose plugin calls stay in this process where the plugin does, and whose short commands are started cheaply. */
import { randomBytes } from "node:crypto";
import { basename, dirname, join } from "node:path";
import { runCommand } from "../../../backends/run-command.ts";
import type { ExecOptions, ExecResult, Node, Place, Pod } from "../../../core/backend.ts";
import type { FrontServer } from "./fast-front.ts";
import type { Starter } from "./starter.ts";

/** they read all and say all; what bends a plugin's streams is /bin/sh, by its path */
const short: ReadonlySet<string> = new Set(["ip", "tc", "sh", "mv", "ln", "rm", "test"]);

interface Fast {
  readonly server: FrontServer;
  readonly starter: Starter;
}

/** The node, and what it must give back. */
export async function fastNode(node: Node, fast: Fast): Promise<Node & AsyncDisposable> {
  const namesOf = (name: string) => {
    const namespace = `${basename(node.host.netns).replace(/-host$/, "")}-${name}`;
    return { namespace, netns: join(dirname(node.host.netns), namespace) };
  };
  const isRouter = await lendsSettings();
  const resident = node.host.spawn(["sleep", "infinity"], { name: "resident" });
  const live = new Set<Pod>();
  const host = fastPlace(node.host, fast, resident.pid);
  return {
    ...node,
    host,
    dpu: fastPlace(node.dpu, fast),
    createPod,
    async [Symbol.asyncDispose]() {
      for (const pod of live) await pod[Symbol.asyncDispose]();
      await resident.stop();
    },
  };

  /** As the world's own pods, but for who is in them: nobody here stays. */
  async function createPod(name: string): Promise<Pod> {
    const { namespace, netns } = namesOf(name);
    await must(["ip", "netns", "add", namespace]);
    await must(["ip", "link", "set", "lo", "up"], netns);
    if (isRouter) await must(["sh", "-c", asBooted], netns);
    const place = fastPlace(inNamespace(node, name, netns), fast);
    const pod: Pod = {
      name,
      node,
      netns,
      place,
      containerId: randomBytes(32).toString("hex"),
      async [Symbol.asyncDispose]() {
        // A check may have taken its name away.
        if (live.delete(pod)) await fast.starter.run(["ip", "netns", "del", namespace]);
      },
    };
    live.add(pod);
    return pod;
  }

  async function lendsSettings(): Promise<boolean> {
    const { namespace, netns } = namesOf("first");
    await must(["ip", "netns", "add", namespace]);
    const files = settings.map((name) => `/proc/sys/net/ipv4/${name}`);
    const { stdout } = await fast.starter.run(["cat", ...files], { netns });
    await must(["ip", "netns", "del", namespace]);
    return !/^(0\n)+$/.test(stdout);
  }

  async function must(argv: readonly string[], netns?: string): Promise<void> {
    const { exitCode, stderr } = await fast.starter.run(argv, { netns });
    if (exitCode !== 0) throw new Error(`Cannot run "${argv.join(" ")}": ${stderr.trim()}`);
  }
}

const settings = ["ip_forward", "conf/all/rp_filter", "conf/default/rp_filter"];

/** Some namespaces get the settings of the first one of the machine, which may forward for others. */
const asBooted = `cd /proc/sys/net/ipv4 && for name in ${settings.join(" ")}; do echo 0 >$name; done`;

function inNamespace({ host }: Node, name: string, netns: string): Place {
  const [enter = "nsenter"] = host.command([]);
  const command = (argv: readonly string[]) => [enter, `--net=${netns}`, "--", ...argv];
  return {
    name,
    netns,
    command,
    exec: (argv, options) => runCommand(command(argv), options, argv),
    spawn: (argv) => {
      throw new Error(`Cannot spawn "${argv.join(" ")}" in ${name}: its processes are short`);
    },
  };
}

/** @param pid where plugins run: a process that stays there */
function fastPlace(place: Place, { server, starter }: Fast, pid?: number): Place {
  return { ...place, exec };

  async function exec(argv: readonly string[], options: ExecOptions = {}): Promise<ExecResult> {
    const [program = ""] = argv;
    if (pid !== undefined && argv.length === 1 && server.serves(program)) {
      return server.exec(program, pid, options);
    }
    if (!short.has(program)) return place.exec(argv, options);
    const { environment: env, stdin, timeoutMs, signal } = options;
    const startMs = performance.now();
    const ran = await starter.run(argv, { netns: place.netns, env, stdin, timeoutMs, signal });
    return { argv, durationMs: performance.now() - startMs, ...ran };
  }
}
