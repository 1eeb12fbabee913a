/** The agent's side of the wire: offload.v1 over gRPC; one place where callers are known and errors become statuses. */
import {
  logVerbosity,
  Server,
  type ServerUnaryCall,
  type ServerWritableStream,
  type sendUnaryData,
  setLogVerbosity,
  status,
} from "@grpc/grpc-js";
import {
  type Attachment,
  type Health,
  Health_State,
  type OffloadServer,
  OffloadService,
  type WatchHealthRequest,
} from "../../proto/gen/offload/v1/offload.ts";
import type { Log } from "../base/log.ts";
import { CniError, cniCodes } from "../cni/cni-error.ts";
import { type AttachmentKey, keyText } from "../cni/types.ts";
import { fromAddPortRequest, fromKey, toAddPortResponse } from "../wire/agent-messages.ts";
import { serverCredentials, wrongClient } from "../wire/credentials.ts";
import type { Security } from "../wire/security.ts";
import { statusName, statusOf, type Verb } from "../wire/status.ts";
import type { HealthWatch } from "./health.ts";
import type { Ports } from "./ports.ts";

export interface ServerOptions {
  /** host:port; port 0 takes a free one */
  readonly listen: string;
  /** the host whose certificate may call */
  readonly node: string;
  readonly security: Security;
  readonly ports: Ports;
  readonly health: HealthWatch;
  readonly log: Log;
  readonly instanceId: string;
  readonly software: string;
  readonly capabilities: readonly string[];
}

export interface RunningServer {
  /** where it listens, with the port that was taken */
  readonly address: string;
  /** Lets calls finish for a moment, then ends them. */
  close(): Promise<void>;
}

// gRPC prints its own lines on stderr; whatever matters reaches us as an error.
setLogVerbosity(logVerbosity.NONE);

const version = "1.0";
/** silence that a daemon accepts when it names none */
const defaultIntervalMs = 1000;
const closeMs = 1000;

export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const server = new Server({ "grpc.keepalive_time_ms": 5000, "grpc.keepalive_timeout_ms": 5000 });
  server.addService(OffloadService, service(options));
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync(options.listen, serverCredentials(options.security), (error, bound) => {
      if (error === null) return resolve(bound);
      // "No address added out of …; errors: [listen EADDRINUSE: address already in use 127.0.0.1:8000]"
      const state = /E[A-Z]+: ([^[\]]*?)(?: \S+:\d+)?\]/.exec(error.message)?.[1] ?? error.message;
      reject(new Error(`Cannot listen on "${options.listen}": ${state}`, { cause: error }));
    });
  });
  return {
    address: options.listen.replace(/:\d+$/, `:${port}`),
    close: () =>
      new Promise((resolve) => {
        const timer = setTimeout(() => server.forceShutdown(), closeMs);
        server.tryShutdown(() => {
          clearTimeout(timer);
          resolve();
        });
        // Health streams never end by themselves.
        server.forceShutdown();
      }),
  };
}

function service(options: ServerOptions): OffloadServer {
  const { ports, node, instanceId, software, capabilities } = options;
  return {
    handshake: unary(options, "Handshake", async ({ request }) => {
      if (!request.versions.includes(version)) {
        const theirs = request.versions.join(", ") || "none";
        throw refused(
          `agree on a version with "${request.node}"`,
          `it speaks ${theirs}, this DPU ${version}`,
        );
      }
      if (request.node !== node) {
        throw refused(`serve node "${request.node}"`, `this DPU serves "${node}"`);
      }
      return { node, version, instanceId, software, capabilities: [...capabilities] };
    }),
    addPort: unary(options, "AddPort", async ({ request, signal, log }) => {
      const port = valid(fromAddPortRequest(request));
      log({ attachment: keyText(port.key), generation: port.generation, vf: port.vf });
      return toAddPortResponse(await ports.add(port, signal));
    }),
    deletePort: unary(options, "DeletePort", async ({ request, log }) => {
      const key = loggedKey(request, log);
      const deleted = await ports.delete(key, request.generation);
      log({ deleted });
      return { deleted };
    }),
    checkPort: unary(options, "CheckPort", async ({ request, log }) => {
      await ports.check(loggedKey(request, log), request.generation);
      return {};
    }),
    listPorts: unary(options, "ListPorts", async () => ({
      ports: ports.list().map(({ key, generation, vf, representor, setting }) => ({
        attachment: { ...key },
        generation,
        vf: { ...vf },
        representor,
        addresses: setting.addresses.map(({ address, gateway = "" }) => ({ address, gateway })),
      })),
    })),
    watchHealth: (call) => watchHealth(options, call),
  };
}

interface Context<Request> {
  readonly request: Request;
  /** aborts when the caller is gone or its deadline has passed */
  readonly signal: AbortSignal;
  /** adds fields to the one log line of this request */
  log(fields: Record<string, unknown>): void;
}

function unary<Request, Response>(
  options: ServerOptions,
  verb: Verb,
  work: (context: Context<Request>) => Promise<Response>,
) {
  return async (call: ServerUnaryCall<Request, Response>, answer: sendUnaryData<Response>) => {
    const started = performance.now();
    const fields: Record<string, unknown> = {};
    const gone = new AbortController();
    call.on("cancelled", () =>
      gone.abort(new CniError(cniCodes.tryAgainLater, "the host gave up")),
    );
    const finish = (outcome: string) => {
      const durationMs = Math.round((performance.now() - started) * 10) / 10;
      options.log.info(verb, { ...fields, durationMs, outcome });
    };
    try {
      authorize(options, call);
      const log = (more: Record<string, unknown>) => void Object.assign(fields, more);
      const response = await work({ request: call.request, signal: gone.signal, log });
      finish("ok");
      answer(null, response);
    } catch (error) {
      const refusal = refusalOf(error);
      finish(`${statusName(refusal.code)}: ${refusal.details}`);
      answer(refusal);
    }
  };
}

function watchHealth(
  options: ServerOptions,
  call: ServerWritableStream<WatchHealthRequest, Health>,
): void {
  try {
    authorize(options, call);
  } catch (error) {
    call.emit("error", refusalOf(error));
    return;
  }
  const { health, ports, instanceId } = options;
  const send = () => {
    const { current } = health;
    call.write({
      state: states[current.state],
      reason: current.state === "ready" ? "" : current.reason,
      instanceId,
      ports: ports.list().length,
      freeIpv4: current.free.ipv4,
      freeIpv6: current.free.ipv6,
    });
  };
  const timer = setInterval(send, Math.max(100, call.request.intervalMs || defaultIntervalMs));
  const unwatch = health.watch(send);
  const end = () => {
    clearInterval(timer);
    unwatch();
  };
  call.on("cancelled", end).on("close", end).on("error", end);
  send();
}

const states = {
  ready: Health_State.READY,
  notReady: Health_State.NOT_READY,
  down: Health_State.DATAPLANE_DOWN,
} as const;

class Unauthorized extends Error {}

type AnyCall = Pick<ServerUnaryCall<unknown, unknown>, "getAuthContext">;

function authorize({ security, node }: ServerOptions, call: AnyCall): void {
  if (security.kind === "insecure") return;
  const wrong = wrongClient(call.getAuthContext().sslPeerCertificate, node);
  if (wrong !== undefined) throw new Unauthorized(wrong);
}

function refusalOf(error: unknown): { readonly code: status; readonly details: string } {
  if (error instanceof CniError) return statusOf(error);
  const details = error instanceof Error ? error.message : String(error);
  return {
    code: error instanceof Unauthorized ? status.PERMISSION_DENIED : status.INTERNAL,
    details,
  };
}

function refused(action: string, state: string): CniError {
  return new CniError(cniCodes.dpuRefused, `Cannot ${action}: ${state}`);
}

function valid<T>(value: T | string): T {
  if (typeof value !== "string") return value;
  throw new CniError(cniCodes.undecodableContent, `Cannot read the request: ${value}`);
}

function loggedKey(
  request: { readonly attachment: Attachment | undefined; readonly generation: number },
  log: (fields: Record<string, unknown>) => void,
): AttachmentKey {
  const key = valid(fromKey(request.attachment));
  log({ attachment: keyText(key), generation: request.generation });
  return key;
}
