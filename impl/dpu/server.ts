/** The agent's listening port: offload.v1 over gRPC, with the security of the configuration. */
import { logVerbosity, Server, setLogVerbosity } from "@grpc/grpc-js";
import { OffloadService } from "../../proto/gen/offload/v1/offload.ts";
import { serverCredentials } from "../wire/credentials.ts";
import { offloadService, type ServiceOptions } from "./offload-service.ts";

export interface ServerOptions extends Omit<ServiceOptions, "closing"> {
  /** host:port; port 0 takes a free one */
  readonly listen: string;
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
  const server = new Server({ "grpc.keepalive_time_ms": 5000, "grpc.keepalive_timeout_ms": 5000 });
  server.addService(OffloadService, offloadService({ ...options, closing: closing.signal }));
  const port = await bind(server, options);
  return {
    address: options.listen.replace(/:\d+$/, `:${port}`),
    close: () =>
      new Promise((resolve) => {
        const timer = setTimeout(() => server.forceShutdown(), closeMs);
        server.tryShutdown(() => {
          clearTimeout(timer);
          resolve();
        });
        closing.abort();
      }),
  };
}

function bind(server: Server, { listen, security }: ServerOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(listen, serverCredentials(security), (error, bound) => {
      if (error === null) return resolve(bound);
      // "No address added out of …; errors: [listen EADDRINUSE: address already in use 127.0.0.1:8000]"
      const state = /E[A-Z]+: ([^[\]]*?)(?: \S+:\d+)?\]/.exec(error.message)?.[1] ?? error.message;
      reject(new Error(`Cannot listen on "${listen}": ${state}`, { cause: error }));
    });
  });
}
