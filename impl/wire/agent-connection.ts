/** One connection to the agent, from the first packet to its loss: probe, handshake, health stream, calls. */
import {
  type CallOptions,
  type ClientUnaryCall,
  logVerbosity,
  Metadata,
  type ServiceError,
  setLogVerbosity,
  status,
} from "@grpc/grpc-js";
import {
  type HandshakeResponse,
  type Health,
  OffloadClient,
} from "../../proto/gen/offload/v1/offload.ts";
import { requestId } from "../base/request-id.ts";
import { CniError } from "../cni/cni-error.ts";
import { probeAgent } from "./agent-probe.ts";
import { channelCredentials } from "./credentials.ts";
import { agentInstanceHeader, hostInstanceHeader, requestHeader } from "./peer-instances.ts";
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

const otherInstance = "another start of the agent answers there than the one that shook hands";

/** A gRPC server answers there that does not know offload.v1. */
export class NotOffload extends Error {
  override readonly name = "NotOffload";
  override readonly message =
    "it speaks gRPC, but not offload.v1; if it is an agent of the public reference, set agent.reference: true";
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
  /** of this daemon */
  readonly #instanceId: string;
  /** of the agent that shook hands; any other behind the same address is not listened to */
  #agentId: string | undefined;

  private constructor(client: OffloadClient, address: string, instanceId: string) {
    this.#client = client;
    this.#address = address;
    this.#instanceId = instanceId;
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
    const connection = new AgentConnection(client, address, instanceId);
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
      connection.#agentId = hello.instanceId;
      return { connection, hello };
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  get address(): string {
    return this.#address;
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
      const failed = (code: number, details: string) => {
        if (verb === "Handshake" && code === status.UNIMPLEMENTED) return reject(new NotOffload());
        reject(cniErrorOf({ verb, address: this.#address, code, details }));
      };
      let answerer: string | undefined;
      const call = method.call(
        this.#client,
        request,
        this.#metadata(),
        callOptions,
        (error, response) => {
          signal?.removeEventListener("abort", onAbort);
          this.#inFlight.delete(call);
          if (signal?.aborted && error !== null) return reject(signal.reason);
          if (error !== null) return failed(error.code, error.details);
          if (this.#isOther(answerer)) return failed(status.UNAVAILABLE, otherInstance);
          resolve(response);
        },
      );
      call.on("metadata", (metadata) => {
        answerer = metadata.get(agentInstanceHeader)[0]?.toString();
      });
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
    const request = { intervalMs: Math.floor(maxAgeMs / 2.5) };
    const stream = this.#client.watchHealth(request, this.#metadata());
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
        if (this.#isOther(health.instanceId)) return end(otherInstance);
        timer = setTimeout(onSilence, maxAgeMs);
        onHealth(health);
      });
      stream.on("error", (error: ServiceError) => end(connectionState(error.details)));
      stream.on("end", () => end("the agent ended the health stream"));
    });
  }

  #metadata(): Metadata {
    const metadata = new Metadata();
    metadata.set(hostInstanceHeader, this.#instanceId);
    const request = requestId();
    if (request !== undefined) metadata.set(requestHeader, request);
    return metadata;
  }

  /** gRPC re-makes a lost connection below us, perhaps to an agent that another has followed. */
  #isOther(instanceId: string | undefined): boolean {
    return this.#agentId !== undefined && instanceId !== this.#agentId;
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
