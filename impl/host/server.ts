/** One call from a shim: checked, served under its attachment's lock, answered and logged in one line. */
import { pause } from "../base/pause.ts";
import { asRequest } from "../base/request-id.ts";
import { deadlined } from "../base/time.ts";
import type { CniError } from "../cni/cni-error.ts";
import { cniCodes } from "../cni/cni-error.ts";
import { printError } from "../cni/error-print.ts";
import { parseRequest } from "../cni/request.ts";
import { printResult } from "../cni/result.ts";
import { toCniError } from "../cni/to-cni-error.ts";
import { type CniRequest, keyText } from "../cni/types.ts";
import { peekVersion, printVersion } from "../cni/version.ts";
import { answerQuestion, questionOf } from "../wire/operator-question.ts";
import type { RelayAnswer, RelayRequest } from "../wire/relay.ts";
import { add } from "./add.ts";
import type { Attachment } from "./attachment.ts";
import { check } from "./check.ts";
import { del } from "./del.ts";
import { gc } from "./gc.ts";
import type { Host } from "./host.ts";
import { inventory } from "./inventory.ts";
import { status } from "./status.ts";
import { within } from "./within.ts";

/** `gone` aborts when the caller has given up; only an ADD cares, since the others can but go on. */
export async function answer(
  call: RelayRequest,
  host: Host,
  gone: AbortSignal,
): Promise<RelayAnswer> {
  const question = questionOf(call);
  if (question !== undefined) return answerQuestion(question, { inventory: () => inventory(host) });
  return asRequest((id) => answerCall({ call, id }, host, gone));
}

async function answerCall(
  { call, id }: { readonly call: RelayRequest; readonly id: string },
  host: Host,
  gone: AbortSignal,
): Promise<RelayAnswer> {
  const startedMs = performance.now();
  let request: CniRequest | undefined;
  let before: Attachment | undefined;
  let error: CniError | undefined;
  let stdout = "";
  try {
    request = parseRequest(call.environment, call.stdin, served(host));
    before = recordOf(request, host);
    stdout = await serve(request, host, gone);
  } catch (thrown) {
    error = toCniError(thrown);
    stdout = printError(error, peekVersion(call.stdin));
  }
  const record = before ?? recordOf(request, host);
  logCall(host, { call, id, request, record, error, durationMs: performance.now() - startedMs });
  return {
    exitCode: error === undefined ? 0 : 1,
    stdout: stdout === "" ? "" : `${stdout}\n`,
    stderr: error === undefined ? "" : `${error.message}\n`,
  };
}

/** Capabilities that the dataplane on the DPU serves: they go there with the configuration. */
function served(host: Host): readonly string[] {
  const prefix = "capability=";
  return host.agent
    .capabilities()
    .filter((word) => word.startsWith(prefix))
    .map((word) => word.slice(prefix.length));
}

/** What goes to stdout. Whatever is stuck below, a disk included, the caller hears in time. */
function serve(request: CniRequest, host: Host, gone: AbortSignal): Promise<string> {
  const { command } = request;
  const work = deadlined(host.deadlinesMs[command], (deadline) =>
    serveVerb(request, host, { gone, deadline }),
  );
  return within(host.deadlinesMs[command] + graceMs, `finish ${command}`, work);
}

/** After a verb's deadline, for what it does to end well. */
const graceMs = 2_000;

async function serveVerb(
  request: CniRequest,
  host: Host,
  { gone, deadline }: { readonly gone: AbortSignal; readonly deadline: AbortSignal },
): Promise<string> {
  switch (request.command) {
    case "ADD": {
      const signal = AbortSignal.any([deadline, gone]);
      const work = () => add(request, host, signal);
      const result = await host.locks.run(keyText(request.key), work, signal);
      return printResult(result, request.version);
    }
    case "DEL":
      await host.locks.run(
        keyText(request.key),
        () => host.deletes.run(() => del(request, host), deadline),
        deadline,
      );
      await pause?.("del-answering", keyText(request.key));
      return "";
    case "CHECK":
      await host.locks.run(keyText(request.key), () => check(request, host), deadline);
      return "";
    case "STATUS":
      status(host);
      return "";
    case "GC":
      await gc(request, host, deadline);
      return "";
    case "VERSION":
      return printVersion(request.version);
  }
}

interface Served {
  readonly call: RelayRequest;
  readonly id: string;
  /** undefined when the call was refused by its form */
  readonly request: CniRequest | undefined;
  /** the attachment it was about */
  readonly record: Attachment | undefined;
  readonly error: CniError | undefined;
  readonly durationMs: number;
}

function logCall(host: Host, { call, id, request, record, error, durationMs }: Served): void {
  const { CNI_COMMAND, CNI_CONTAINERID = "", CNI_IFNAME = "" } = call.environment;
  const fields = {
    command: request?.command ?? CNI_COMMAND ?? "",
    request: id,
    ...subject(request, `?/${CNI_CONTAINERID}/${CNI_IFNAME}`),
    ...(record === undefined ? {} : { generation: record.generation, vf: record.vf.pciAddress }),
    code: error?.code ?? 0,
    durationMs: Math.round(durationMs * 10) / 10,
  };
  // Runtimes ask for STATUS every few seconds; what it depends on is logged when it changes.
  const isPolled = fields.command === "STATUS" || fields.command === "VERSION";
  if (error === undefined) {
    host.log[isPolled ? "debug" : "info"]("served", fields);
  } else if (error.code !== cniCodes.internal) {
    host.log[isPolled ? "debug" : "warn"]("refused", { ...fields, reason: error.message });
  } else {
    // A defect of ours: the stack goes to the log, never to the caller.
    const stack = error.cause instanceof Error ? error.cause.stack : undefined;
    host.log.error("failed", { ...fields, reason: error.message, stack });
  }
}

function recordOf(request: CniRequest | undefined, host: Host): Attachment | undefined {
  return request !== undefined && "key" in request ? host.attachments.get(request.key) : undefined;
}

function subject(request: CniRequest | undefined, unparsed: string) {
  if (request === undefined) return { key: unparsed };
  if ("key" in request) {
    const { namespace, name } = request.pod;
    return { key: keyText(request.key), ...(name === "" ? {} : { pod: `${namespace}/${name}` }) };
  }
  return "network" in request ? { network: request.network } : {};
}
