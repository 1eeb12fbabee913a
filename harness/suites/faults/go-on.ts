/** How life goes on after the fault, as a runtime, an operator or the power supply would have it. */
import { sleep } from "../../../impl/base/time.ts";
import type { Violation } from "../../oracle/oracle.ts";
import type { CallOutcome } from "../../runtime/runtime.ts";
import type { AttachedPod } from "./attached-pod.ts";
import type { FaultCase } from "./grid.ts";
import { losePower } from "./lose-power.ts";
import type { Station } from "./station.ts";
import type { Struck } from "./strike.ts";

/** how long a process hangs on while life goes on around it */
const hangOnMs = 400;
/** for what waited for the DPU to be tried again, and the VF to be free */
const retryMs = 12_000;

export interface GoOn {
  readonly station: Station;
  readonly one: FaultCase;
  readonly subject: AttachedPod;
  readonly struck: Struck;
  readonly signal: AbortSignal;
  log(line: string): void;
}

export interface GoneOn {
  /** another pod that is attached now */
  readonly other?: AttachedPod;
  /** what an answer should have been, and was not */
  readonly wrong: readonly string[];
  /** what was wrong before the link was healed */
  readonly violations: readonly Violation[];
}

/** Afterwards all processes run and the link is whole. */
export async function goOn(at: GoOn): Promise<GoneOn> {
  const { station, one, struck, signal } = at;
  const { daemon } = station.faults;
  const isLate = one.fault === "hang";
  if (daemon.state === "dead" && !["del-twice", "restart", "reboot"].includes(one.continuation)) {
    daemon.start();
    station.needsMending = true;
    await station.mend(signal);
  }
  const life = live(at);
  if (isLate) {
    await Promise.race([life.catch(() => {}), sleep(hangOnMs, signal)]);
    struck.letGo();
    at.log("the hang is over");
  }
  const gone = await life;
  const midst = await station.oracle.overlaps(station.node, station.pristine);
  if (one.continuation !== "reboot") {
    struck.letGo();
    await station.mend(signal);
  }
  return { ...gone, violations: midst };
}

type Lived = Omit<GoneOn, "violations">;

async function live(at: GoOn): Promise<Lived> {
  const { station, one } = at;
  switch (one.continuation) {
    case "del":
      return { wrong: await del(at) };
    case "del-twice":
      return { wrong: [...(await firstOfTwo(at)), ...(await del(at))] };
    case "gc":
      return { wrong: await gc(at) };
    case "restart":
      await station.faults.daemon.kill();
      station.faults.daemon.start();
      station.needsMending = true;
      return { wrong: [] };
    case "next-add":
      return nextAdd(at);
    case "reboot":
      return { wrong: await losePower(station, at.signal) };
  }
}

async function del(at: GoOn): Promise<readonly string[]> {
  const { station, subject, signal } = at;
  const deleted = await station.runtime(signal).del(station.network, subject.attachment);
  at.log(`DEL: ${textOf(deleted)}`);
  return deleted.ok ? [] : [`DEL must succeed: ${textOf(deleted)}`];
}

/** The first DEL comes while a daemon that was killed is still away: it is told to come again. */
async function firstOfTwo(at: GoOn): Promise<readonly string[]> {
  const { station, subject, signal } = at;
  if (station.faults.daemon.state !== "dead") return del(at);
  const early = await station.runtime(signal).del(station.network, subject.attachment);
  at.log(`DEL without a daemon: ${textOf(early)}`);
  await station.mend(signal);
  const isTold = !early.ok && early.error.code === 11;
  return isTold ? [] : [`DEL without a daemon must give code 11: ${textOf(early)}`];
}

/** While the DPU is away it cannot confirm, and GC says so; it goes on in the background. */
async function gc(at: GoOn): Promise<readonly string[]> {
  const { station, one, subject, struck, signal } = at;
  const runtime = station.runtime(signal);
  const believes = one.boundary.verb === "ADD" && struck.saw === "success";
  // A result that the runtime remembers would have libcni's GC call DEL for it.
  if (!believes) await runtime.forget(station.network, subject.attachment);
  const { containerId: containerID, ifname } = subject.attachment;
  const valid = believes ? [{ containerID, ifname }] : [];
  const collected = await runtime.gc(station.network, valid);
  at.log(`GC: ${textOf(collected)}`);
  const isAway = one.fault === "kill-daemon" && one.boundary.owner === "agent";
  if (collected.ok || one.fault.startsWith("cut") || isAway) return [];
  return [`GC must succeed: ${textOf(collected)}`];
}

/** It wants the very VF; while something is in the way it may be refused, and then comes again. */
async function nextAdd(at: GoOn): Promise<Lived> {
  const { station, subject, struck, signal } = at;
  const { oracle, node, network } = station;
  const owned = async () =>
    (await oracle.look(node)).attachments.find(({ key }) => key === subject.key);
  const vf = (await owned())?.pciAddress;
  const other = await station.pod(vf);
  const end = Date.now() + retryMs;
  for (let first = true; ; first = false) {
    const added = await station.runtime(signal).add(network, other.attachment);
    at.log(`ADD of another pod${vf === undefined ? "" : ` with VF ${vf}`}: ${textOf(added)}`);
    if (added.ok) return { other, wrong: [] };
    if (first) {
      struck.letGo();
      await station.mend(signal);
      continue;
    }
    if ((await owned())?.phase === "ready" && added.error.code === 102) {
      await station.forget(other);
      return { wrong: [] };
    }
    if (Date.now() > end) {
      return { other, wrong: [`another pod's ADD must succeed in the end: ${textOf(added)}`] };
    }
    await sleep(50, signal);
  }
}

function textOf(outcome: CallOutcome | { readonly ok: true }): string {
  if (outcome.ok) return "success";
  return "error" in outcome ? `code ${outcome.error.code}: ${outcome.error.msg}` : "failure";
}
