/** The one table between CNI error codes and gRPC statuses: the agent prints with it, the daemon reads with it. */
import { status as grpc } from "@grpc/grpc-js";
import { type CniCode, CniError, cniCodes } from "../cni/cni-error.ts";

export type Verb = "Handshake" | "AddPort" | "DeletePort" | "CheckPort" | "ListPorts" | "ProbeVfs";

/** What the agent answers for a failure of this code; the ones left out are INTERNAL. */
const statuses: Readonly<Partial<Record<CniCode, grpc>>> = {
  [cniCodes.tryAgainLater]: grpc.UNAVAILABLE,
  [cniCodes.addressesExhausted]: grpc.RESOURCE_EXHAUSTED,
  [cniCodes.checkFailed]: grpc.FAILED_PRECONDITION,
  [cniCodes.dpuRefused]: grpc.FAILED_PRECONDITION,
  [cniCodes.alreadyExists]: grpc.ALREADY_EXISTS,
  [cniCodes.vfUnavailable]: grpc.ALREADY_EXISTS,
  [cniCodes.undecodableContent]: grpc.INVALID_ARGUMENT,
  [cniCodes.invalidConfig]: grpc.INVALID_ARGUMENT,
};

/** Statuses after which the same call can succeed later. CANCELLED: the connection went away below the call. */
const passing: ReadonlySet<grpc> = new Set([
  grpc.UNAVAILABLE,
  grpc.DEADLINE_EXCEEDED,
  grpc.ABORTED,
  grpc.CANCELLED,
]);

export function statusOf(error: CniError): { readonly code: grpc; readonly details: string } {
  return { code: statuses[error.code] ?? grpc.INTERNAL, details: error.message };
}

export interface Failure {
  readonly verb: Verb;
  /** of the agent */
  readonly address: string;
  readonly code: number;
  /** the status message, written by the agent or by gRPC */
  readonly details: string;
}

export function codeOf(failure: Pick<Failure, "verb" | "code">): CniCode {
  if (passing.has(failure.code)) return cniCodes.tryAgainLater;
  if (failure.code === grpc.RESOURCE_EXHAUSTED && failure.verb === "AddPort") {
    return cniCodes.addressesExhausted;
  }
  // UNKNOWN is all that agents of the public reference answer.
  const isDifference = [grpc.FAILED_PRECONDITION, grpc.UNKNOWN].includes(failure.code);
  if (isDifference && failure.verb === "CheckPort") return cniCodes.checkFailed;
  return cniCodes.dpuRefused;
}

export function cniErrorOf(failure: Failure): CniError {
  const code = codeOf(failure);
  if (code === cniCodes.tryAgainLater) return new CniError(code, unreachable(failure));
  // A text of the agent's own ports is a whole sentence already.
  const details = oneLine(failure.details);
  const message = details.startsWith("Cannot ")
    ? details
    : `Cannot ${deeds[failure.verb]} the DPU "${failure.address}": ${details === "" ? "it gave no reason" : details} (${statusName(failure.code)})`;
  return new CniError(code, message);
}

function unreachable(failure: Failure): string {
  const { verb, address, code } = failure;
  const details = oneLine(failure.details);
  if (details.startsWith("Cannot ")) return details;
  const state =
    code === grpc.DEADLINE_EXCEEDED
      ? `no answer to ${verb} in time`
      : code === grpc.CANCELLED
        ? `${verb} was cut short`
        : connectionState(details);
  return `Cannot reach the DPU agent "${address}": ${state}`;
}

const deeds: Readonly<Record<Verb, string>> = {
  Handshake: "agree with",
  AddPort: "add the port on",
  DeletePort: "delete the port on",
  CheckPort: "check the port on",
  ListPorts: "list the ports of",
  ProbeVfs: "probe the VFs of",
};

/** gRPC's and Node's words for a lost or refused connection, in words for people. */
export function connectionState(text: string): string {
  if (text.includes("ECONNREFUSED")) return "connection refused";
  if (text.includes("EHOSTUNREACH")) return "no route to the host";
  if (text.includes("ENETUNREACH")) return "no route to its network";
  if (text.includes("ECONNRESET")) return "the agent closed the connection";
  if (text.includes("ETIMEDOUT")) return "no answer";
  if (text.includes("EPIPE") || text.includes("Connection dropped")) return "the connection broke";
  return oneLine(text) || "the connection broke";
}

export function statusName(code: number): string {
  return grpc[code] ?? `status ${code}`;
}

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, "; ").trim();
}
