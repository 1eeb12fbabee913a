/** The second open port of the agent, for hosts of the public reference offload: plain text, and only if configured. */
import { Server, ServerCredentials } from "@grpc/grpc-js";
import { CNIActionService } from "../../proto/gen/cniaction/cniaction.ts";
import { fixedSecurity } from "../wire/live-security.ts";
import { type ListenerLimits, openListener } from "./listener.ts";
import { type ReferenceOptions, referenceService } from "./reference-service.ts";
import type { RunningServer } from "./server.ts";

export interface ReferenceServerOptions extends ReferenceOptions {
  /** host:port; port 0 takes a free one */
  readonly listen: string;
  /** addresses of the hosts that may call: all the proof there is */
  readonly from: readonly string[];
  readonly limits?: Partial<ListenerLimits>;
}

const closeMs = 1000;

export async function startReferenceServer(
  options: ReferenceServerOptions,
): Promise<RunningServer> {
  const { listen, from, log, limits } = options;
  log.warn(
    "the port for hosts of the public reference is INSECURE: plain text, and whoever sends from one of these addresses can change pods' networking",
    { listen, from },
  );
  // Nobody proves anything here: what one caller can hold is small, and not for long.
  const server = new Server({
    "grpc.keepalive_time_ms": 10_000,
    "grpc.keepalive_timeout_ms": 5000,
    "grpc.max_connection_idle_ms": 30_000,
    "grpc.max_connection_age_ms": 60_000,
    "grpc.max_connection_age_grace_ms": 15_000,
    "grpc.max_concurrent_streams": 64,
    "grpc.max_receive_message_length": 64 * 1024,
  });
  server.addService(CNIActionService, referenceService(options));
  const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
  const security = fixedSecurity({ kind: "insecure" });
  const listener = await openListener(
    { ...{ listen, from, log, security, node: "" }, limits: { admitted: 16, ...limits } },
    (socket) => injector.injectConnection(socket),
  );
  return {
    address: listener.address,
    async close() {
      listener.stop();
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, closeMs);
        server.tryShutdown(() => {
          clearTimeout(timer);
          resolve();
        });
      });
      server.forceShutdown();
      listener.destroy();
    },
  };
}
