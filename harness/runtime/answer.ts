/**
 * What a runtime makes of a plugin's exit status and stdout: the same as libcni does, kind or unkind, with every
 * accepted departure from the text named. So a check sees both what a cluster would see and what was wrong.
 */
import { z } from "zod";
import { errorObject, errorObjectFaults } from "../spec/error.ts";
import { resultSchema } from "../spec/result.ts";
import { assumedVersion, isReleased, type Verb } from "../spec/version.ts";
import type { Invoked } from "./invoke.ts";
import { readErrorObject } from "./libcni/error-object.ts";
import { misfit } from "./libcni/go-json.ts";

export type Answer =
  | {
      readonly kind: "success";
      /** the parsed document of ADD and VERSION; undefined when the verb has none */
      readonly document?: unknown;
      readonly violations: readonly string[];
    }
  | {
      readonly kind: "error";
      /** 0 when the plugin gave none, which is what libcni reports */
      readonly code: number;
      readonly msg: string;
      readonly details?: string;
      readonly violations: readonly string[];
    };

/** of the kernel's signals, as Go prints them */
const signalNames: Readonly<Record<string, string>> = {
  SIGABRT: "aborted",
  SIGHUP: "hangup",
  SIGINT: "interrupt",
  SIGKILL: "killed",
  SIGPIPE: "broken pipe",
  SIGSEGV: "segmentation fault",
  SIGTERM: "terminated",
};

/** libcni's words, which runtimes search and people look for */
const silent = "netplugin failed with no error message";

const hasOutput: ReadonlySet<Verb> = new Set(["ADD", "VERSION"]);

export function readAnswer(verb: Verb, version: string, invoked: Invoked): Answer {
  const { evidence, timedOut } = invoked;
  if (timedOut) {
    return failure(`${silent}: signal: killed (it did not end before its deadline)`, ["it hung"]);
  }
  if (evidence.exitCode !== 0) return readFailure(invoked);
  if (hasOutput.has(verb)) return readSuccess(verb, version, evidence.stdout);
  const violations =
    evidence.stdout === "" ? [] : [`${verb} printed on stdout though it succeeded`];
  return { kind: "success", violations };
}

function readSuccess(verb: Verb, version: string, stdout: string): Answer {
  const parsed = parseOne(stdout);
  const unread = verb === "VERSION" ? "decoding version info" : "failed to unmarshal raw result";
  if (!parsed.ok) {
    return failure(`${unread}: ${parsed.reason}`, ["stdout is not one JSON document"]);
  }
  const document = parsed.value;
  if (verb === "VERSION") return { kind: "success", document, violations: [] };
  if (document === null) {
    return { kind: "success", document: {}, violations: ["the result is null"] };
  }
  const head = z.looseObject({ cniVersion: z.unknown().optional() }).safeParse(document);
  if (!head.success) {
    const { message } = misfit(document, "map[string]interface {}");
    return failure(`${unread}: ${message}`, ["the result is not an object"]);
  }
  const { cniVersion } = head.data;
  const said = typeof cniVersion === "string" ? cniVersion : undefined;
  if (said !== undefined && said !== "" && !isReleased(said)) {
    return failure(`unsupported CNI result version "${said}"`, [`result version "${said}"`]);
  }
  return { kind: "success", document, violations: resultViolations(document, version, said) };
}

function resultViolations(document: unknown, version: string, said: string | undefined): string[] {
  const violations: string[] = [];
  if (isError(document)) violations.push("exit status 0 with an error object");
  if (said === undefined) violations.push("the result has no cniVersion");
  else if (said !== version) violations.push(`the result is of ${said}, asked was ${version}`);
  const shape = resultSchema(said ?? version ?? assumedVersion).safeParse(document);
  for (const issue of shape.error?.issues ?? []) {
    violations.push(`result ${issue.path.join(".")}: ${issue.message}`);
  }
  const indexes = z
    .looseObject({
      interfaces: z.array(z.unknown()).default([]),
      ips: z.array(z.looseObject({ interface: z.number().optional() })).default([]),
    })
    .safeParse(document);
  const count = indexes.data?.interfaces.length ?? 0;
  for (const { interface: index } of indexes.data?.ips ?? []) {
    if (index !== undefined && index >= count)
      violations.push(`ips[].interface ${index} of ${count}`);
  }
  return violations;
}

function isError(document: unknown): boolean {
  return errorObject.safeParse(document).success;
}

function readFailure({ evidence }: Invoked): Answer {
  const { stdout, stderr, signal, exitCode } = evidence;
  const killed = signal === undefined ? [] : [`killed by ${signal}`];
  const status =
    signal === undefined
      ? `exit status ${exitCode ?? "unknown"}`
      : `signal: ${signalNames[signal] ?? signal}`;
  if (stdout === "") {
    if (stderr === "") return failure(`${silent}: ${status}`, [...killed, "no error object"]);
    const message = `netplugin failed: ${JSON.stringify(stderr)}: ${status}`;
    return failure(message, [...killed, "the error is on stderr only, its code is lost"]);
  }
  const unreadable = (reason: string) =>
    `netplugin failed but error parsing its diagnostic message ${JSON.stringify(stdout)}: ${reason}`;
  const parsed = parseOne(stdout);
  if (!parsed.ok) {
    return failure(unreadable(parsed.reason), [...killed, "stdout is not one JSON document"]);
  }
  const { code, msg, details, problem } = readErrorObject(parsed.value);
  const error = errorObject.safeParse(parsed.value);
  const faults = error.success ? errorObjectFaults(error.data) : ["stdout is not an error object"];
  return {
    kind: "error",
    code,
    msg: problem === undefined ? msg : unreadable(problem),
    ...(problem === undefined && details !== "" && { details }),
    violations: [...killed, ...faults],
  };
}

function failure(msg: string, violations: readonly string[]): Answer {
  return { kind: "error", code: 0, msg, violations };
}

type Parsed =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly reason: string };

function parseOne(text: string): Parsed {
  if (text.trim() === "") return { ok: false, reason: "unexpected end of JSON input" };
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch (error) {
    return {
      ok: false,
      reason: `invalid character: ${error instanceof Error ? error.message : error}`,
    };
  }
}
