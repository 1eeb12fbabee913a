/** One connection to the agent, from the first packet to its loss: probe, handshake, health stream, calls. */
import {
  type CallOptions,
  type ClientUnaryCall,
  logVerbosity,
  Metadata,
  type ServiceError,
  setLogVerbosity,
} from "@grpc/grpc-js";
import {
  type HandshakeResponse,
  type Health,
  OffloadClient,
} from "../../proto/gen/offload/v1/offload.ts";
import { CniError } from "../cni/cni-error.ts";
import { probeAgent } from "./agent-probe.ts";
import { channelCredentials } from "./credentials.ts";
import type { Security } from "./security.ts";
import { cniErrorOf, connectionState, type Verb } from "./status.ts";

// gRPC prints its own lines on stderr; whatever matters reaches us as an error.
setLogVerbosity(logVerbosity.NONE);

/** What this build speaks; the agent picks one. */
export const protocolVersions = ["1.0"] as const;

export interface AgentIdentity {
  /** host:port of the agent */
  readonly address: string;
  /** node that both sides' certificates must carry */
  readonly node: string;
  readonly security: Security;
  /** of this process */
  readonly instanceId: string;
  readonly software: string;
}

/** A generated client method. */
type Method<Request, Response> = (
  request: Request,
  metadata: Metadata,
  options: Partial<CallOptions>,
  callback: (error: ServiceError | null, response: Response) => void,
) => ClientUnaryCall;

export class AgentConnection {
  readonly #client: OffloadClient;
  readonly #address: string;
  readonly #inFlight = new Set<ClientUnaryCall>();

  private constructor(client: OffloadClient, address: string) {
    this.#client = client;
    this.#address = address;
  }

  /** Rejects with an Error whose message is why, without the address: "connection refused". */
  static async open(
    identity: AgentIdentity,
    timeoutMs: number,
  ): Promise<{ readonly connection: AgentConnection; readonly hello: HandshakeResponse }> {
    await probeAgent(identity, AbortSignal.timeout(timeoutMs));
    const { address, node, security, instanceId, software } = identity;
    const client = new OffloadClient(address, channelCredentials(security, node), {
      ...(security.kind === "tls" ? { "grpc.ssl_target_name_override": node } : {}),
      // Each connection has its own fate: no sharing, no retries below ours.
      "grpc.use_local_subchannel_pool": 1,
      "grpc.enable_retries": 0,
      "grpc.enable_http_proxy": 0,
      "grpc.service_config_disable_resolution": 1,
      "grpc.keepalive_time_ms": 2000,
      "grpc.keepalive_timeout_ms": 2000,
      "grpc.keepalive_permit_without_calls": 1,
    });
    const connection = new AgentConnection(client, address);
    try {
      const request = { node, versions: [...protocolVersions], instanceId, software };
      const hello = await connection.call("Handshake", client.handshake, request, { timeoutMs });
      if (hello.node !== node) {
        throw new Error(`the agent serves node "${hello.node}", expected "${node}"`);
      }
      if (!protocolVersions.some((version) => version === hello.version)) {
        throw new Error(
          `the agent chose version "${hello.version}", this host speaks ${protocolVersions.join(", ")}`,
        );
      }
      return { connection, hello };
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  get methods(): OffloadClient {
    return this.#client;
  }

  /** Rejects with CniError; when `signal` aborts the call is cancelled and the signal's reason is thrown. */
  call<Request, Response>(
    verb: Verb,
    method: Method<Request, Response>,
    request: Request,
    options: { readonly timeoutMs: number; readonly signal?: AbortSignal },
  ): Promise<Response> {
    const { timeoutMs, signal } = options;
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const onAbort = () => call.cancel();
      const callOptions = { deadline: Date.now() + timeoutMs };
      const call = method.call(
        this.#client,
        request,
        new Metadata(),
        callOptions,
        (error, response) => {
          signal?.removeEventListener("abort", onAbort);
          this.#inFlight.delete(call);
          if (error === null) return resolve(response);
          if (signal?.aborted) return reject(signal.reason);
          const { code, details } = error;
          reject(cniErrorOf({ verb, address: this.#address, code, details }));
        },
      );
      this.#inFlight.add(call);
      signal?.addEventListener("abort", onAbort, { once: true });
    });
  }

  /** Resolves with why when the stream has ended, been silent for `maxAgeMs`, or `signal` aborts. */
  watchHealth(
    options: { readonly maxAgeMs: number; readonly signal: AbortSignal },
    onHealth: (health: Health) => void,
  ): Promise<string> {
    const { maxAgeMs, signal } = options;
    // Two messages may be late before the limit.
    const stream = this.#client.watchHealth({ intervalMs: Math.floor(maxAgeMs / 2.5) });
    return new Promise((resolve) => {
      const end = (reason: string) => {
        clearTimeout(timer);
        signal.removeEventListener("abort", onAbort);
        resolve(reason);
        stream.cancel();
      };
      const onSilence = () => end(`it has been silent for ${(maxAgeMs / 1000).toFixed(1)} s`);
      let timer = setTimeout(onSilence, maxAgeMs);
      const onAbort = () => end("this host closed the connection");
      signal.addEventListener("abort", onAbort, { once: true });
      stream.on("data", (health: Health) => {
        clearTimeout(timer);
        timer = setTimeout(onSilence, maxAgeMs);
        onHealth(health);
      });
      stream.on("error", (error: ServiceError) => end(connectionState(error.details)));
      stream.on("end", () => end("the agent ended the health stream"));
    });
  }

  /** Calls in flight fail as lost. */
  close(): void {
    for (const call of this.#inFlight) call.cancel();
    this.#client.close();
  }
}

/** Why a connection could not be opened, in one line without the address. */
export function openFailure(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return error instanceof CniError ? message.replace(/^Cannot [^:]*"[^"]*": /, "") : message;
}
