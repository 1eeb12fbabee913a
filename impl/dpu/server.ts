/** The agent's server: offload.v1 over gRPC, on connections that the listener has let in. */
import { logVerbosity, Server, ServerCredentials, setLogVerbosity } from "@grpc/grpc-js";
import { OffloadService } from "../../proto/gen/offload/v1/offload.ts";
import { type ListenerLimits, openListener } from "./listener.ts";
import { offloadService, type ServiceOptions } from "./offload-service.ts";

export interface ServerOptions extends Omit<ServiceOptions, "closing"> {
  /** host:port; port 0 takes a free one */
  readonly listen: string;
  readonly limits?: Partial<ListenerLimits>;
}

export interface RunningServer {
  /** where it listens, with the port that was taken */
  readonly address: string;
  /** Lets calls finish for a moment, then ends them. */
  close(): Promise<void>;
}

// gRPC prints its own lines on stderr; whatever matters reaches us as an error.
setLogVerbosity(logVerbosity.NONE);

const closeMs = 1000;

export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const closing = new AbortController();
  const server = new Server({
    "grpc.keepalive_time_ms": 5000,
    "grpc.keepalive_timeout_ms": 5000,
    // A daemon always has its health stream open.
    "grpc.max_connection_idle_ms": 60_000,
    "grpc.max_concurrent_streams": 1024,
  });
  server.addService(OffloadService, offloadService({ ...options, closing: closing.signal }));
  // TLS is done before: what the listener admits needs no more of it.
  const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
  const listener = await openListener(options, (socket) => injector.injectConnection(socket));
  return {
    address: listener.address,
    async close() {
      listener.stop();
      closing.abort();
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
