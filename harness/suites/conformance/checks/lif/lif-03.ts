/** After a reboot the DELs of old containers succeed and new ones get everything. */
import { rm, truncate } from "node:fs/promises";
import type { Pod } from "../../../../core/backend.ts";
import type { Outage } from "../../../../core/installation.ts";
import { difference, mustBecome, mustSucceed } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import { untilServed } from "../../outages.ts";
import { removable } from "../../removable.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

/** containers before the reboot, and after it where the plugin can serve any number */
const some = 2;

/** what the crash made of the files that were written last */
const disks: Readonly<Record<string, (file: string) => Promise<void>>> = {
  kept: async () => {},
  truncated: (file) => truncate(file),
  lost: (file) => rm(file, { force: true }),
};

export const lif03: RequirementCheck = {
  id: "LIF-03",
  level: "IMPL",
  section: "3 Lifecycle",
  title: "after a reboot the DELs of old containers succeed and new ones get everything",
  async run(subject: Subject, t: Judge) {
    await subject.releaseSamples();
    const before = await subject.state();
    const finite = (subject.plugin.claims ?? []).includes("finite");
    const everything = finite ? subject.node.card.vfs.length : some;
    for (const [how, change] of Object.entries(disks)) {
      const old = await attachMany(subject, t, some);
      const changes = difference(before, await subject.state());
      const files = filesOf(changes);
      const pieces = removable(subject.node, changes);
      await reboot(subject, t, async () => {
        for (const pod of old) await pod[Symbol.asyncDispose]();
        for (const file of files) await change(file);
        // The kernels forget, on both sides; what the namespaces took with them is gone already.
        for (const piece of pieces) if (piece.kind === "route") await piece.remove();
      });
      const after = `after a reboot with files ${how}`;
      await detachAll(subject, t, { pods: old, what: `DEL of an old container ${after}` });
      const fresh = await attachMany(subject, t, everything);
      await detachAll(subject, t, { pods: fresh, what: `DEL of a new container ${after}` });
      // Where the contents are lost nothing says any more whose a file was: it may stay.
      if (how !== "kept") for (const file of files) await rm(file, { force: true });
      await mustBecome(t, subject, { state: before, what: `all DELs ${after}` });
    }
  },
};

async function attachMany(subject: Subject, t: Judge, count: number): Promise<readonly Pod[]> {
  const pods = await Promise.all(Array.from({ length: count }, () => subject.pod(t)));
  const added = await Promise.all(pods.map((pod) => subject.call(t, "ADD", { pod })));
  for (const called of added) mustSucceed(t, called, `an ADD of ${count} at once`);
  return pods;
}

async function detachAll(
  subject: Subject,
  t: Judge,
  { pods, what }: { readonly pods: readonly Pod[]; readonly what: string },
): Promise<void> {
  const deleted = await Promise.all(pods.map((pod) => subject.call(t, "DEL", { pod })));
  for (const called of deleted) mustSucceed(t, called, what);
}

/** Everything that can be stopped is stopped while `work` does what a reboot does. */
async function reboot(subject: Subject, t: Judge, work: () => Promise<void>): Promise<void> {
  const away = subject.outages.filter(({ kind }) => kind === "stopped");
  const begun: Outage[] = [];
  const giveBack = async () => {
    for (const outage of begun.splice(0)) await outage.end();
  };
  // Once more for an abort that leaves the work behind.
  t.cleanup(giveBack);
  try {
    for (const outage of away) {
      begun.push(outage);
      await outage.begin();
    }
    await work();
  } finally {
    await giveBack();
  }
  if (away.length === 0) return;
  const { answer } = await untilServed(subject, { by: "STATUS" });
  if (answer.kind === "error")
    t.fail(`after a reboot STATUS should succeed, it says: ${answer.msg}`);
}

function filesOf(changes: readonly string[]): readonly string[] {
  return changes.flatMap((line) => /^\+ file (\S+)$/.exec(line)?.[1] ?? []);
}
