/** Plays a sequence: each step on the stage and in the model, and whatever the two disagree on is a violation. */
import fc from "fast-check";
import {
  type Answer,
  afterAdd,
  afterDel,
  afterGc,
  afterLoss,
  contradiction,
  type Fate,
  isValid,
  type Model,
  newModel,
  surelyFree,
} from "./model.ts";
import type { Heard, Stage } from "./stage.ts";
import { type CallStep, type FaultStep, type Step, slots } from "./step.ts";

/** The product contradicts the model. The message says how, after which step. */
export class Violation extends Error {
  override readonly name = "Violation";
}

/** @param onStep called before each step that is really done */
export async function play(
  sequence: readonly Step[],
  stage: Stage,
  onStep: (step: Step) => void,
): Promise<void> {
  const model = newModel();
  const rested = [...sequence, { kind: "rest" } as const];
  const commands = rested.map((step) => commandOf(step, onStep));
  await fc.asyncModelRun(() => ({ model, real: stage }), commands);
  await deleteAll(model, stage);
  await stage.tidy();
}

async function deleteAll(model: Model, stage: Stage): Promise<void> {
  for (const [slot, fate] of model.fates.entries()) {
    if (fate === "absent") continue;
    demand(model, { kind: "del", fate }, await stage.del(slot, true));
    model.fates[slot] = "absent";
  }
  await judge(model, stage, false);
}

function commandOf(step: Step, onStep: (step: Step) => void): fc.AsyncCommand<Model, Stage> {
  return {
    check: (model) => makesSense(step, model),
    async run(model, stage) {
      onStep(step);
      await perform(step, model, stage);
      await lookAround(step, model, stage);
    },
    toString: () => JSON.stringify(step),
  };
}

/** Steps that would change nothing are left out, and those after which nobody could know what is right. */
function makesSense(step: Step, { state, link, forgot }: Readonly<Model>): boolean {
  switch (step.kind) {
    case "kill":
      return state[step.who] !== "dead";
    case "freeze":
      return state[step.who] === "running";
    case "start":
      return state[step.who] === "dead";
    case "thaw":
      return state[step.who] === "frozen";
    case "cut":
      return link !== "cut";
    case "slow":
      return link === "whole";
    case "heal":
      return link !== "whole";
    case "rebootDpu":
      return step.state === "kept" || !forgot.host;
    case "damage":
      return step.side === "host" ? !forgot.dpu : !forgot.host;
    default:
      return true;
  }
}

async function perform(step: Step, model: Model, stage: Stage): Promise<void> {
  switch (step.kind) {
    case "add":
    case "del":
    case "check":
      return settle(step, model, await call(step, model, stage));
    case "status":
      return demand(model, { kind: "status", fate: "absent" }, await stage.status());
    case "gc":
      return collect(model, stage);
    case "burst":
      return burst(step, model, stage);
    case "kill":
    case "freeze":
    case "cut":
      await stage.fault(step);
      return noteFault(step, model);
    case "start":
      return bringBack(step.who, model, await stage.start(step.who));
    case "restart":
      await stage.fault({ kind: "kill", who: step.who });
      noteFault({ kind: "kill", who: step.who }, model);
      return bringBack(step.who, model, await stage.start(step.who));
    case "thaw":
      return bringBack(step.who, model, await stage.thaw(step.who));
    case "slow":
      await stage.slow();
      model.link = "slow";
      model.isCalm = false;
      return;
    case "heal":
      await stage.heal();
      model.link = "whole";
      return;
    case "podDies":
      await stage.podDies(step.pod);
      return lose(model, (slot) => slots[slot]?.pod === step.pod);
    case "rebootHost":
      model.isCalm = false;
      model.isRenumbered = step.renumbers ? !model.isRenumbered : model.isRenumbered;
      lose(model, () => true);
      return bringBack("daemon", model, await stage.rebootHost({ renumbered: model.isRenumbered }));
    case "rebootDpu":
      model.isCalm = false;
      await stage.rebootDpu(step.state);
      model.state.agent = "running";
      if (step.state === "lost") model.forgot.dpu = true;
      return;
    case "damage":
      return damage(step, model, stage);
    case "rest":
      return rest(model, stage);
  }
}

function call(step: CallStep, model: Model, stage: Stage): Promise<Heard> {
  // Nobody waits for a frozen daemon.
  const waits = step.waits && model.state.daemon !== "frozen";
  return stage[step.kind](step.slot, waits);
}

/** One call that nothing disturbed. */
function settle(step: CallStep, model: Model, heard: Heard): void {
  const fate = model.fates[step.slot] ?? "absent";
  const impatient = !step.waits && heard.answer !== "done";
  if (!impatient) demand(model, { kind: step.kind, fate }, heard);
  model.fates[step.slot] = afterCall(step.kind, fate, heard.answer);
}

function afterCall(kind: CallStep["kind"], fate: Fate, answer: Answer): Fate {
  if (kind === "add") return afterAdd(fate, answer);
  return kind === "del" ? afterDel(fate, answer) : fate;
}

function demand(
  model: Model,
  asked: { readonly kind: CallStep["kind"] | "gc" | "status"; readonly fate: Fate },
  heard: Heard,
): void {
  const wrong = contradiction(model, { ...asked, free: surelyFree(model) }, heard.answer);
  if (wrong !== undefined) throw new Violation(`${wrong}: ${heard.words}`);
}

async function collect(model: Model, stage: Stage): Promise<void> {
  const valid = slots.flatMap((_, slot) => (isValid(model.fates[slot] ?? "absent") ? [slot] : []));
  const heard = await stage.gc(valid);
  demand(model, { kind: "gc", fate: "absent" }, heard);
  for (const [slot, fate] of model.fates.entries()) model.fates[slot] = afterGc(fate, heard.answer);
}

/** Calls that overlap; with a fault among them a refusal may be the fault's, so it tells nothing. */
async function burst(
  { calls, fault, after }: Extract<Step, { kind: "burst" }>,
  model: Model,
  stage: Stage,
): Promise<void> {
  const disturbed = fault !== undefined && makesSense(fault, model);
  const free = surelyFree(model);
  const work = Promise.all(
    calls.map(async (one) => ({ one, heard: await call(one, model, stage) })),
  );
  work.catch(() => {}); // it is awaited after the fault
  if (disturbed) {
    await Promise.race([stage.pause(after), work]);
    await stage.fault(fault);
    // Frozen, it would keep the callers waiting.
    if (fault.kind === "freeze") await stage.thaw(fault.who);
    else noteFault(fault, model);
    model.isCalm = false;
  }
  const heard = await work;
  const adds = heard.filter(({ one }) => one.kind === "add" && model.fates[one.slot] === "absent");
  const done = adds.filter((each) => each.heard.answer === "done").length;
  const patient = adds.filter(({ one }) => one.waits).length;
  // Who does not wait may have a VF until it is noticed.
  const left = free - (adds.length - patient);
  if (model.isCalm && !disturbed && done < Math.min(patient, left)) {
    const words = adds.map((each) => each.heard.words).join("; ");
    throw new Violation(
      `${done} of ${patient} ADDs at once succeeded although ${left} VFs are left for them: ${words}`,
    );
  }
  for (const { one, heard: each } of heard) {
    const told: Heard =
      disturbed && each.answer === "refused" ? { ...each, answer: "unheard" } : each;
    const fate = model.fates[one.slot] ?? "absent";
    const isAdd = one.kind === "add";
    if (told.answer === "done" || (!disturbed && one.waits && !isAdd)) {
      demand(model, { kind: one.kind, fate }, told);
    }
    model.fates[one.slot] = afterCall(one.kind, fate, told.answer);
  }
}

function noteFault(fault: FaultStep, model: Model): void {
  model.isCalm = false;
  switch (fault.kind) {
    case "kill":
      model.state[fault.who] = "dead";
      return;
    case "freeze":
      model.state[fault.who] = "frozen";
      return;
    case "cut":
      model.link = "cut";
      return;
  }
}

function bringBack(who: "daemon" | "agent", model: Model, isBack: boolean): void {
  if (!isBack) throw new Violation(`the ${who} does not serve again`);
  model.state[who] = "running";
}

function lose(model: Model, isIt: (slot: number) => boolean): void {
  for (const [slot, fate] of model.fates.entries()) {
    if (isIt(slot)) model.fates[slot] = afterLoss(fate);
  }
}

async function damage(
  step: Extract<Step, { kind: "damage" }>,
  model: Model,
  stage: Stage,
): Promise<void> {
  model.isCalm = false;
  model.forgot[step.side] = true;
  const hit = await stage.damage(step.side, step.file, step.damage);
  bringBack(step.side === "host" ? "daemon" : "agent", model, true);
  // The host knows every port of the DPU and can make it again; nobody knows what the host has forgotten, be it a
  // living attachment or the rest of a deleted one.
  if (step.side === "host" && hit !== undefined) model.fates[hit] = "lost";
}

async function rest(model: Model, stage: Stage): Promise<void> {
  const wrong = await stage.mend();
  if (wrong !== undefined) throw new Violation(wrong);
  Object.assign(model.state, { daemon: "running", agent: "running" });
  model.link = "whole";
  for (const [slot, fate] of model.fates.entries()) {
    if (fate !== "lost") continue;
    const heard = await stage.del(slot, true);
    demand(model, { kind: "del", fate }, heard);
    model.fates[slot] = "absent";
  }
  model.isCalm = true;
  await judge(model, stage, true);
  Object.assign(model.forgot, { host: false, dpu: false });
}

async function judge(model: Model, stage: Stage, checks: boolean): Promise<void> {
  const [alive, gone] = [those(model, "alive"), those(model, "absent")];
  refuse(await stage.atRest({ alive, gone, checks }));
}

function those({ fates }: Model, wanted: Fate): readonly number[] {
  return fates.flatMap((fate, slot) => (fate === wanted ? [slot] : []));
}

async function lookAround(step: Step, model: Model, stage: Stage): Promise<void> {
  if (step.kind === "rest" || step.kind === "check" || step.kind === "status") return;
  if (model.isCalm && !model.fates.includes("lost")) return judge(model, stage, false);
  const { daemon, agent } = model.state;
  if (daemon === "running" && agent === "running") refuse(await stage.glance(those(model, "lost")));
}

function refuse(violations: readonly string[]): void {
  if (violations.length > 0) throw new Violation(violations.join("\n"));
}
