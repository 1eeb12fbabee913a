/** The agent as one thing with a lifetime: started from its configuration, stopped by a signal. */
import { randomUUID } from "node:crypto";
import { dirname, join } from "node:path";
import { KeyedLock } from "../base/lock.ts";
import { createLog, type Log } from "../base/log.ts";
import { warnOfPauses } from "../base/pause.ts";
import { Undo } from "../base/undo.ts";
import { keyText } from "../cni/types.ts";
import type { Kernel, NamespaceMaker } from "../netlink/kernel.ts";
import { reportFeatures } from "../netlink/report-features.ts";
import { lockDirectory } from "../store/directory-lock.ts";
import { openFileStore } from "../store/file-store.ts";
import { followSecurity } from "../wire/live-security.ts";
import { answerQuestion, questionOf } from "../wire/operator-question.ts";
import { PeerInstances } from "../wire/peer-instances.ts";
import { serveRelay } from "../wire/relay-server.ts";
import { loadSecurity } from "../wire/security.ts";
import type { AgentConfig } from "./config.ts";
import { capabilitiesOf, createDataplane } from "./create-dataplane.ts";
import type { Dataplane } from "./dataplane.ts";
import { FormerRepresentors } from "./former-representors.ts";
import { createGuard, guardNotices } from "./guard/create-guard.ts";
import { HealthWatch } from "./health.ts";
import { HostRoutes } from "./host-routes.ts";
import { inventoryOf, operatorSocket } from "./inventory.ts";
import { parsePortRecord } from "./port-record.ts";
import { Ports } from "./ports.ts";
import { probe } from "./probe.ts";
import { startReferenceServer } from "./reference-server.ts";
import { watchRepresentors } from "./representor-watch.ts";
import { startServer } from "./server.ts";

export interface AgentSetting {
  readonly config: AgentConfig;
  /** absolute or relative to the working folder; relative paths in it are relative to its folder */
  readonly configPath: string;
  readonly kernel: () => Kernel & NamespaceMaker;
  readonly software: string;
  readonly write: (line: string) => void;
}

export interface RunningAgent {
  readonly address: string;
  /** Ports go on forwarding: the next start takes them over. */
  stop(): Promise<void>;
}

/** of the kernel: what forwarding for pods takes */
const usedFeatures = ["ipv4", "ipv6"];

export async function startAgent(setting: AgentSetting): Promise<RunningAgent> {
  const { config, configPath, kernel, software, write } = setting;
  const log = createLog({ component: "cni-offload-agent", level: config.log.level, write });
  warnOfPauses(log);
  await using undo = new Undo(log);
  const as = { node: config.node, role: "agent" } as const;
  const files = await loadSecurity(config, { directory: dirname(configPath), as });
  if (files.kind === "insecure") warnInsecure(log, config.listen);
  const lock = await lockDirectory(config.stateDir);
  undo.add(() => lock[Symbol.dispose]());
  const store = await openFileStore(join(config.stateDir, "ports"), parsePortRecord);
  const system = kernel();
  await reportFeatures(system, usedFeatures, log);
  const guard = await createGuard(config.guard, {
    ...{ kernel: system, log, hostAddresses: config.hostAddresses },
  });
  const world = { kernel: system, stateDir: config.stateDir, log, guard };
  const dataplane = await createDataplane(config.dataplane, world);
  await dataplane.start();
  const netns = await system.open();
  const formers = new FormerRepresentors(netns);
  const ports = new Ports({ store, dataplane, representor: config.representor, formers, log });
  const { damaged } = await ports.restore();
  for (const { path, reason } of damaged) log.error("port record set aside", { path, reason });
  const collected = collect(dataplane, ports, log);
  const health = new HealthWatch(dataplane);
  await health.refresh();
  const security = followSecurity(files, { as, log });
  undo.add(() => security.close());
  const instanceId = randomUUID();
  const { node } = config;
  const take = async () => {
    await health.refresh();
    return inventoryOf({
      ...{ node, instanceId, software, health: health.current, ports: ports.states() },
      ...{ held: dataplane.held?.() ?? [], damaged: ports.damaged() },
      ...{ guard: guard.state, dropped: await ports.dropped() },
    });
  };
  const operators = await serveRelay({
    socketPath: operatorSocket(config),
    log,
    handle: async (call) => answerQuestion(questionOf(call) ?? "", { inventory: take }),
    idleTimeoutMs: 10_000,
  });
  undo.add(() => operators.close());
  const probing = new KeyedLock();
  const isInUse = (representor: string) => ports.occupies(representor);
  const server = await startServer({
    ...{ listen: config.listen, node, security, ports, health, log, software },
    notices: () => guardNotices(guard.state),
    probe: (request, signal) =>
      probing.run("representors", () =>
        probe({ netns, representor: config.representor, isInUse }, request, signal),
      ),
    instanceId,
    capabilities: () => ["probe", ...capabilitiesOf(config.dataplane, dataplane)],
    hosts: new PeerInstances(),
  });
  undo.add(() => server.close());
  const reference = config.reference?.enabled
    ? await startReferenceServer({ ...config.reference, ports, log })
    : undefined;
  undo.keep();
  const stopping = new AbortController();
  health.watch((now) => log.info("health", { ...now }));
  const hostRoutes = new HostRoutes(netns, { addresses: config.hostAddresses, log });
  const pulse = health.run(stopping.signal, async () => {
    await ports.mend();
    await hostRoutes.sync(ports.list());
  });
  const watch = watchRepresentors(netns, { ports, dataplane }, stopping.signal).catch((error) => {
    log.error("representors are no longer watched", { error });
  });
  const { address } = server;
  log.info("ready", { address, ports: ports.list().length, health: health.current.state });
  return {
    address,
    async stop() {
      log.info("stopping");
      stopping.abort();
      await operators.close();
      await Promise.all([server.close(), reference?.close()]);
      await Promise.all([pulse, watch, collected, security.close()]);
      lock[Symbol.dispose]();
    },
  };
}

/** What cannot be removed now is removed at the next start: no port waits for it. */
async function collect(dataplane: Dataplane, ports: Ports, log: Log): Promise<void> {
  try {
    await dataplane.collect?.(ports.list().map(({ key }) => keyText(key)));
  } catch (error) {
    log.warn("what earlier runs left could not all be removed", { error });
  }
}

function warnInsecure(log: Log, listen: string): void {
  log.warn(
    "the wire to the host is INSECURE: plain text, and whoever reaches this port can change pods' networking; configure tls",
    { listen },
  );
}
