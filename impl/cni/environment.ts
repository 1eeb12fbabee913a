/** The environment of a call: which variables each verb needs, and what their values must look like. */
import { parseCniArgs, podNameOf, salvageCniArgs } from "./cni-args.ts";
import { CniError, cniCodes } from "./cni-error.ts";
import { type CniCommand, cniCommands, type PodName } from "./types.ts";

/** The variables after their checks; those a verb does not need are "" whatever the caller set. */
export interface CallEnvironment {
  readonly command: CniCommand;
  readonly containerId: string;
  readonly ifname: string;
  /** "" when a DEL came without */
  readonly netns: string;
  readonly pod: PodName;
}

type Variables = Readonly<Record<string, string>>;

/**
 * Spec 1.1.0 section 2, "Input" of each verb. CNI_PATH is asked for only where the specification makes it required:
 * no delegate is ever run on the host.
 */
const required: Readonly<Record<CniCommand, readonly string[]>> = {
  ADD: ["CNI_CONTAINERID", "CNI_NETNS", "CNI_IFNAME"],
  CHECK: ["CNI_CONTAINERID", "CNI_NETNS", "CNI_IFNAME"],
  DEL: ["CNI_CONTAINERID", "CNI_IFNAME"],
  GC: ["CNI_PATH"],
  STATUS: [],
  VERSION: [],
};

const noPod: PodName = { namespace: "", name: "", uid: "" };

export function parseEnvironment(variables: Variables): CallEnvironment {
  const command = parseCommand(read(variables, "CNI_COMMAND"));
  const missing = required[command].filter((name) => read(variables, name) === "");
  if (missing.length > 0) {
    throw refused(`Cannot serve ${command}: ${missing.join(", ")} not set or empty`);
  }
  switch (command) {
    case "ADD":
    case "CHECK":
    case "DEL": {
      const containerId = read(variables, "CNI_CONTAINERID");
      const ifname = read(variables, "CNI_IFNAME");
      const wrong = [containerIdProblem(containerId), ifnameProblem(ifname)].filter(isText);
      if (wrong.length > 0) throw refused(`Cannot serve ${command}: ${wrong.join("; ")}`);
      const args = read(variables, "CNI_ARGS");
      return {
        command,
        containerId,
        ifname,
        netns: read(variables, "CNI_NETNS"),
        pod: podNameOf(command === "DEL" ? salvageCniArgs(args) : parseCniArgs(args)),
      };
    }
    case "GC":
    case "STATUS":
    case "VERSION":
      return { command, containerId: "", ifname: "", netns: "", pod: noPod };
  }
}

function parseCommand(text: string): CniCommand {
  const command = cniCommands.find((known) => known === text);
  if (command !== undefined) return command;
  throw refused(
    text === ""
      ? "Cannot serve the call: CNI_COMMAND not set or empty"
      : `Cannot serve CNI_COMMAND ${quote(text)}: it is none of ${cniCommands.join(", ")}`,
  );
}

/** Spec 1.1.0 section 2 "Parameters". */
function containerIdProblem(id: string): string | undefined {
  if (isIdentifier(id)) return undefined;
  return `CNI_CONTAINERID ${quote(id)} is not a letter or digit followed by letters, digits, "_", "." or "-"`;
}

/** The grammar that container ids and network names share. */
export function isIdentifier(text: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9_.-]*$/.test(text);
}

/** IFNAMSIZ of linux/if.h is 16 with the final NUL. */
const ifnameMaxBytes = 15;

/**
 * What the kernel's dev_valid_name() refuses, and "%", which it would take for a pattern ("eth%d") and answer with
 * another name than the one asked for.
 */
function ifnameProblem(name: string): string | undefined {
  const bytes = Buffer.from(name);
  if (bytes.length > ifnameMaxBytes) {
    return `CNI_IFNAME ${quote(name)} is longer than ${ifnameMaxBytes} bytes`;
  }
  if (name === "." || name === ".." || /[/:%]/.test(name) || bytes.some(isSpaceOrControl)) {
    return `CNI_IFNAME ${quote(name)} is no name the kernel can give to an interface`;
  }
  return undefined;
}

/** The kernel's isspace() works on bytes of Latin-1, where 0xa0 is a space too. */
function isSpaceOrControl(byte: number): boolean {
  return byte <= 0x20 || byte === 0x7f || byte === 0xa0;
}

function read(variables: Variables, name: string): string {
  return Object.hasOwn(variables, name) ? (variables[name] ?? "") : "";
}

function refused(message: string): CniError {
  return new CniError(cniCodes.invalidEnvironment, message);
}

function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}

function isText(text: string | undefined): text is string {
  return text !== undefined;
}
