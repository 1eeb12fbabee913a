/** Runs one verb up to the boundary of a case and has the fault happen there. */
import { join } from "node:path";
import { sleep } from "../../../impl/base/time.ts";
import type { Violation } from "../../oracle/oracle.ts";
import type { AddOutcome, CallOutcome } from "../../runtime/runtime.ts";
import type { AttachedPod } from "./attached-pod.ts";
import type { Saw } from "./expected.ts";
import { type FullPipe, fullPipe } from "./full-pipe.ts";
import type { FaultCase } from "./grid.ts";
import { type Station, stationFolder } from "./station.ts";

/** from the start of the verb to its boundary */
const reachMs = 10_000;
/** for a daemon that goes on without its caller to come to an end */
const finishMs = 15_000;

export interface Struck {
  readonly saw: Saw;
  /** the answer, in one line */
  readonly said: string;
  /** what was wrong at the very instant */
  readonly violations: readonly Violation[];
  /** Ends a hang; nothing to end otherwise. */
  letGo(): void;
}

export interface Strike {
  readonly station: Station;
  readonly one: FaultCase;
  readonly subject: AttachedPod;
  readonly signal: AbortSignal;
  log(line: string): void;
}

export async function strike(at: Strike): Promise<Struck> {
  const { station, one, subject, signal } = at;
  const { boundary } = one;
  using pipe = boundary.owner === "relay" ? await pipeOf(station) : undefined;
  const giveUp = new AbortController();
  const runtime = station.runtime(AbortSignal.any([signal, giveUp.signal]));
  const network = pipe?.network ?? station.network;
  const { instant } = boundary;
  if (instant !== undefined) station.pauses.arm(instant, subject.key);
  const call =
    boundary.verb === "ADD"
      ? runtime.add(network, subject.attachment)
      : runtime.del(network, subject.attachment);
  await Promise.race([comeTo(at), unlessOver(call, boundary.id)]);
  at.log(`at ${boundary.id}`);
  const violations = await station.oracle.overlaps(station.node, station.pristine);

  await happen(at, { pipe, giveUp: () => giveUp.abort() });
  const answer = await call;
  const saw = sawOf(one, answer);
  const said = answer.ok ? "success" : `code ${answer.error.code}: ${answer.error.msg}`;
  at.log(`${one.fault}: the runtime saw ${saw} (${said})`);
  if (one.fault === "kill-shim") await untilFinished(at);
  return { saw, said, violations, letGo: () => release(at) };
}

async function comeTo({ station, one, subject, signal }: Strike): Promise<void> {
  const { instant } = one.boundary;
  const bound = AbortSignal.any([signal, AbortSignal.timeout(reachMs)]);
  if (instant !== undefined) return station.pauses.reached(instant, bound);
  // The relay: the daemon has done its part, and the relay cannot print it.
  for (;;) {
    const { attachments } = await station.oracle.look(station.node);
    if (attachments.some(({ key, phase }) => key === subject.key && phase === "ready")) return;
    await sleep(2, bound);
  }
}

/** Rejects when the verb ends without having been at its boundary. */
async function unlessOver(call: Promise<AddOutcome | CallOutcome>, id: string): Promise<void> {
  const answer = await call;
  // It may have ended because of the boundary: that is for the other side of the race to say.
  await sleep(200);
  const said = answer.ok ? "success" : `code ${answer.error.code}: ${answer.error.msg}`;
  throw new Error(`the call ended without coming to ${id}: ${said}`);
}

async function happen(
  at: Strike,
  { pipe, giveUp }: { readonly pipe: FullPipe | undefined; giveUp(): void },
): Promise<void> {
  const { station, one } = at;
  const { faults, pauses } = station;
  const { owner, instant = "" } = one.boundary;
  switch (one.fault) {
    case "error":
      pipe?.close();
      pauses.release(instant, `Cannot go on at ${one.boundary.id}: told to fail`);
      return;
    case "kill-shim":
      giveUp();
      release(at);
      return;
    case "kill-daemon": {
      await (owner === "agent" ? faults.agent : faults.daemon).kill();
      pauses.clear();
      pipe?.drain();
      if (owner === "agent") {
        faults.agent.start();
        station.needsMending = true;
      }
      return;
    }
    case "hang":
      giveUp();
      return;
    case "cut-after":
    case "cut-before":
      await faults.link.cut(one.fault === "cut-after" ? "toHost" : "both");
      release(at);
      pipe?.drain();
      return;
  }
}

function release({ station, one }: Strike): void {
  const { instant } = one.boundary;
  if (instant !== undefined) station.pauses.release(instant);
}

/** Only an answer that the daemon itself gave tells the runtime what became of the attachment. */
function sawOf({ fault, boundary }: FaultCase, answer: AddOutcome | CallOutcome): Saw {
  if (boundary.owner === "relay") return "nothing";
  if (fault === "kill-shim" || fault === "hang") return "nothing";
  if (fault === "kill-daemon" && boundary.owner === "daemon") return "nothing";
  return answer.ok ? "success" : "failure";
}

/** A verb whose caller is gone comes to its end all the same. */
async function untilFinished({ station, subject, signal }: Strike): Promise<void> {
  const end = Date.now() + finishMs;
  for (;;) {
    const { attachments } = await station.oracle.look(station.node);
    const record = attachments.find(({ key }) => key === subject.key);
    if (record === undefined || record.phase === "ready") return;
    if (Date.now() > end) {
      throw new Error(`without its caller ${subject.key} is "${record.phase}" for ${finishMs} ms`);
    }
    await sleep(5, signal);
  }
}

function pipeOf({ node, network }: Station): Promise<FullPipe> {
  return fullPipe(node.host, network, join(stationFolder(node, "results"), ".."));
}
