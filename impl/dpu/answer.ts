/** The one place every call passes: is the caller known, how long did it take, which status is its failure. */
import { Metadata, type ServerUnaryCall, type sendUnaryData, status } from "@grpc/grpc-js";
import type { Log } from "../base/log.ts";
import { isRequestId } from "../base/request-id.ts";
import { CniError, cniCodes } from "../cni/cni-error.ts";
import { wrongClient } from "../wire/credentials.ts";
import type { LiveSecurity } from "../wire/live-security.ts";
import {
  agentInstanceHeader,
  hostInstanceHeader,
  type PeerInstances,
  requestHeader,
} from "../wire/peer-instances.ts";
import { statusName, statusOf, type Verb } from "../wire/status.ts";

export interface AnswerOptions {
  /** the host whose certificate may call */
  readonly node: string;
  readonly security: LiveSecurity;
  readonly log: Log;
  /** of this agent; new at each of its starts */
  readonly instanceId: string;
  /** of the daemon: only its last start is served */
  readonly hosts: PeerInstances;
}

export interface Context<Request> {
  readonly request: Request;
  /** aborts when the caller is gone or its deadline has passed */
  readonly signal: AbortSignal;
  /** adds fields to the one log line of this request */
  log(fields: Record<string, unknown>): void;
}

/** Makes a unary method of `work`: authorized, timed, logged in one line, its errors made statuses. */
export function unary<Request, Response>(
  options: AnswerOptions,
  verb: Verb,
  work: (context: Context<Request>) => Promise<Response>,
) {
  return async (call: ServerUnaryCall<Request, Response>, answer: sendUnaryData<Response>) => {
    const started = performance.now();
    const [request] = call.metadata.get(requestHeader);
    const fields: Record<string, unknown> = isRequestId(request) ? { request } : {};
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
      if (verb !== "Handshake") requireCurrent(options, call);
      const own = new Metadata();
      own.set(agentInstanceHeader, options.instanceId);
      call.sendMetadata(own);
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

class Unauthorized extends Error {}

type AnyCall = Pick<ServerUnaryCall<unknown, unknown>, "getAuthContext" | "metadata">;

/** Throws unless TLS knows the caller as this node. */
export function authorize({ security, node }: AnswerOptions, call: AnyCall): void {
  if (security.current.kind === "insecure") return;
  const wrong = wrongClient(call.getAuthContext().sslPeerCertificate, node);
  if (wrong !== undefined) throw new Unauthorized(wrong);
}

/** Throws unless the caller is the start of the daemon that shook hands last. */
export function requireCurrent({ hosts }: AnswerOptions, call: AnyCall): void {
  const id = String(call.metadata.get(hostInstanceHeader)[0] ?? "");
  if (id !== "" && id === hosts.current) return;
  if (hosts.isRetired(id)) throw replaced(id);
  // After a restart of ours below an old connection: the daemon comes back with a handshake.
  throw new CniError(
    cniCodes.tryAgainLater,
    `Cannot serve host instance "${id}": it has not shaken hands with this start of the DPU agent`,
  );
}

export function replaced(id: string): CniError {
  return new CniError(
    cniCodes.dpuRefused,
    `Cannot serve host instance "${id}": a later start of the daemon has taken its place; stop the old one`,
  );
}

export function refusalOf(error: unknown): { readonly code: status; readonly details: string } {
  if (error instanceof CniError) return statusOf(error);
  const details = error instanceof Error ? error.message : String(error);
  return {
    code: error instanceof Unauthorized ? status.PERMISSION_DENIED : status.INTERNAL,
    details,
  };
}
