/**
 * What an operator asks a running daemon or agent over its unix socket: a call of relay.ts with CNI_OFFLOAD_ASK in place
 * of CNI_COMMAND. The answer is one JSON object; asking changes nothing.
 */
import { errnoOf } from "../base/errno.ts";
import type { RelayAnswer, RelayRequest } from "./relay.ts";
import { callRelay } from "./relay-client.ts";

const variable = "CNI_OFFLOAD_ASK";

/** Long enough for a process that is just starting. */
const answerMs = 5_000;

export type OperatorQuestion = "inventory";

/** What is asked; undefined for a call of a CNI runtime. */
export function questionOf({ environment }: RelayRequest): string | undefined {
  return environment.CNI_COMMAND === undefined ? environment[variable] : undefined;
}

/** `answers` gives what to print for each question. */
export async function answerQuestion(
  question: string,
  answers: Readonly<Record<OperatorQuestion, () => unknown>>,
): Promise<RelayAnswer> {
  if (question === "inventory") {
    const stdout = `${JSON.stringify(await answers[question]())}\n`;
    return { exitCode: 0, stdout, stderr: "" };
  }
  const stderr = `Cannot answer ${JSON.stringify(question)}: expected inventory\n`;
  return { exitCode: 1, stdout: "", stderr };
}

/** Nobody answers, or too late, or with a refusal; `reason` is one line. */
export class Unanswered extends Error {
  override readonly name = "Unanswered";
}

/** The answer, not yet looked at. `who` is for messages: "the daemon". Rejects with Unanswered. */
export async function askOperator(
  socket: string,
  question: OperatorQuestion,
  who: string,
): Promise<unknown> {
  const refused = (state: string, cause?: unknown) =>
    new Unanswered(`Cannot ask ${who} at "${socket}": ${state}`, { cause });
  const request = { environment: { [variable]: question }, stdin: new Uint8Array() };
  let answer: RelayAnswer;
  try {
    answer = await callRelay(socket, request, AbortSignal.timeout(answerMs));
  } catch (error) {
    throw refused(stateOf(error), error);
  }
  if (answer.exitCode !== 0) throw refused(answer.stderr.trim() || answer.stdout.trim());
  return JSON.parse(answer.stdout);
}

function stateOf(error: unknown): string {
  if (error instanceof Error && error.name === "AbortError") {
    return `it did not answer within ${answerMs} ms; is the process stopped`;
  }
  switch (errnoOf(error)) {
    case "ENOENT":
    case "ECONNREFUSED":
      return "it does not run; start it";
    case "EACCES":
      return "permission is denied; ask as the user it runs as";
    default:
      return error instanceof Error ? error.message : String(error);
  }
}
