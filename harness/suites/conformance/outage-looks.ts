/**
 * Takes away what a plugin depends on, one thing at a time, and notes what it answers meanwhile and afterwards. Restarts take
 * seconds: the checks that only look at the answers share one look per node.
 */
import { sleep } from "../../../impl/base/time.ts";
import type { CheckContext } from "../../core/check.ts";
import type { Outage } from "../../core/installation.ts";
import { verbExists } from "../../spec/version.ts";
import { attach, checkOf, detach } from "./attached.ts";
import { outageText } from "./outages.ts";
import type { Called } from "./plugin-call.ts";
import type { Subject } from "./subject.ts";

/** how long a plugin may take to know that something is away, or back */
const noticedWithinMs = 5_000;
const servedWithinMs = 10_000;
const pollMs = 50;

export interface OutageLook {
  /** "the daemon is stopped" */
  readonly what: string;
  readonly outage: Outage;
  /** STATUS while it is away: its first failure, or its last success; undefined before 1.1.0 */
  readonly status: Called | undefined;
  /** STATUS when it is back: its first success, or its last failure */
  readonly statusAfter: Called | undefined;
  /** of one that is stopped; others answer when they have waited long enough */
  readonly stopped: StoppedLook | undefined;
}

export interface StoppedLook {
  /** of an attachment made before */
  readonly check: Called;
  readonly del: Called;
  /** the first success when it is back, or the last failure; no STATUS was asked between */
  readonly addAfter: Called;
  readonly checkAfter: Called;
  /** of the same attachment as `del` */
  readonly delAfter: Called;
}

const looks = new WeakMap<Subject, Promise<readonly OutageLook[]>>();

/** Ends as blocked where nothing can be taken away. */
export async function lookAtOutages(
  subject: Subject,
  t: CheckContext,
): Promise<readonly OutageLook[]> {
  if (subject.outages.length === 0) {
    t.blocked("it claims a daemon, but none can be taken away in this world");
  }
  const made = looks.get(subject) ?? lookAtEach(subject, t);
  looks.set(subject, made);
  // A look that was cut short is nobody's.
  made.catch(() => looks.delete(subject));
  return made;
}

async function lookAtEach(subject: Subject, t: CheckContext): Promise<readonly OutageLook[]> {
  const done: OutageLook[] = [];
  for (const outage of subject.outages) done.push(await lookAt(subject, t, outage));
  return done;
}

async function lookAt(subject: Subject, t: CheckContext, outage: Outage): Promise<OutageLook> {
  const what = outageText(outage);
  const isStopped = outage.kind === "stopped";
  const kept = isStopped ? await attach(subject, t) : undefined;
  const deleted = isStopped ? await attach(subject, t) : undefined;
  const end = endOnce(outage);
  t.cleanup(end);
  await outage.begin();
  const status = await statusUntil(subject, t, "error");
  const check = kept && (await checkOf(subject, t, kept));
  const del = deleted && (await detach(subject, t, deleted));
  await end();
  const addAfter = kept && (await addUntilServed(subject, t));
  const statusAfter = await statusUntil(subject, t, "success");
  const checkAfter = kept && (await checkOf(subject, t, kept));
  const delAfter = deleted && (await detach(subject, t, deleted));
  if (kept !== undefined) await detach(subject, t, kept);
  const stopped = check &&
    del &&
    addAfter &&
    checkAfter &&
    delAfter && { check, del, addAfter, checkAfter, delAfter };
  return { what, outage, status, statusAfter, stopped };
}

function endOnce(outage: Outage): () => Promise<void> {
  let ended: Promise<void> | undefined;
  return () => {
    ended ??= outage.end();
    return ended;
  };
}

/** Asks until the answer is of this kind; undefined for a plugin that has no STATUS. */
async function statusUntil(
  subject: Subject,
  t: CheckContext,
  kind: "success" | "error",
): Promise<Called | undefined> {
  if (!verbExists("STATUS", subject.newest)) return undefined;
  const withinMs = kind === "success" ? servedWithinMs : noticedWithinMs;
  return poll(() => subject.quietCall("STATUS", { signal: t.signal }), { kind, withinMs });
}

async function addUntilServed(subject: Subject, t: CheckContext): Promise<Called> {
  const pod = await subject.pod(t);
  const add = () => subject.quietCall("ADD", { pod, signal: t.signal });
  const called = await poll(add, { kind: "success", withinMs: servedWithinMs });
  await subject.quietCall("DEL", { pod });
  return called;
}

async function poll(
  ask: () => Promise<Called>,
  until: { readonly kind: "success" | "error"; readonly withinMs: number },
): Promise<Called> {
  const endMs = performance.now() + until.withinMs;
  for (;;) {
    const called = await ask();
    if (called.answer.kind === until.kind || performance.now() >= endMs) return called;
    await sleep(pollMs);
  }
}
