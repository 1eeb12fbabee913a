/**
 * For tests: the agent's two open ports over a dataplane that does nothing, as a process of its own whose memory can be
 * asked for. Its argument is the folder with ca.crt, agent.crt and agent.key.
 */
import { createLog } from "../base/log.ts";
import { memoryStore } from "../store/memory-store.ts";
import { followSecurity } from "../wire/live-security.ts";
import { PeerInstances } from "../wire/peer-instances.ts";
import { loadSecurity } from "../wire/security.ts";
import { fakeDataplane } from "./fake-dataplane.ts";
import { HealthWatch } from "./health.ts";
import { parsePortRecord } from "./port-record.ts";
import { Ports } from "./ports.ts";
import { startReferenceServer } from "./reference-server.ts";
import { startServer } from "./server.ts";

const log = createLog({ component: "agent" });
const as = { node: "node1", role: "agent" } as const;
const tls = { ca: "ca.crt", cert: "agent.crt", key: "agent.key" };
const files = await loadSecurity({ tls }, { directory: process.argv[2] ?? "", as });
const dataplane = fakeDataplane();
const store = memoryStore(parsePortRecord);
const ports = new Ports({ store, dataplane, representor: "rep{pf}v{vf}", log });
const health = new HealthWatch(dataplane);
await health.refresh();
const server = await startServer({
  ...{ listen: "127.0.0.1:0", node: "node1", security: followSecurity(files, { as, log }), ports },
  ...{ health, log, instanceId: "agent", hosts: new PeerInstances(), software: "fixture" },
  capabilities: () => [],
});
const reference = await startReferenceServer({
  ...{ listen: "127.0.0.1:0", from: ["127.0.0.1"], ports, log },
});
process.on("disconnect", () => process.exit());
process.on("message", () => {
  globalThis.gc?.();
  process.send?.({ rss: process.memoryUsage().rss });
});
process.send?.({ tls: server.address, plain: reference.address });
