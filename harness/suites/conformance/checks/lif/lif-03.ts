/** After a reboot the DELs of old containers succeed and new ones get everything. */
import { rm, truncate } from "node:fs/promises";
import type { Pod } from "../../../../core/backend.ts";
import { duringOutages } from "../../during-outages.ts";
import { difference, mustBecome, mustSucceed } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import { removable } from "../../removable.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

/** containers before the reboot, and after it where the plugin can serve any number */
const some = 2;

/** what the crash made of the files that were written last */
const disks: Readonly<Record<string, (file: string, i: number) => Promise<void>>> = {
  kept: async () => {},
  "cut short or lost": (file, i) => (i % 2 === 0 ? truncate(file) : rm(file, { force: true })),
};

export const lif03: RequirementCheck = {
  id: "LIF-03",
  level: "IMPL",
  section: "3 Lifecycle",
  title: "after a reboot the DELs of old containers succeed and new ones get everything",
  timeoutMs: 60_000,
  async run(subject: Subject, t: Judge) {
    await subject.releaseSamples();
    const before = await subject.state();
    const finite = (subject.plugin.claims ?? []).includes("finite");
    const everything = finite ? subject.node.card.vfs.length : some;
    const stopped = subject.outages.filter(({ kind }) => kind === "stopped");
    for (const [how, change] of Object.entries(disks)) {
      const old = await attachMany(subject, t, some);
      const changes = difference(before, await subject.state());
      const files = filesOf(changes);
      const pieces = removable(subject.node, changes);
      const reboot = async () => {
        for (const pod of old) await pod[Symbol.asyncDispose]();
        for (const [i, file] of files.entries()) await change(file, i);
        // The kernels forget, on both sides; what the namespaces took with them is gone already.
        for (const piece of pieces) if (piece.kind === "route") await piece.remove();
      };
      await duringOutages(subject, t, { outages: stopped, work: reboot });
      const after = `after a reboot with files ${how}`;
      await detachAll(subject, t, { pods: old, what: `DEL of an old container ${after}` });
      const fresh = await attachMany(subject, t, everything);
      await detachAll(subject, t, { pods: fresh, what: `DEL of a new container ${after}` });
      // Where contents are lost nothing says any more whose a file was: what is left of it may stay.
      const left = how === "kept" ? [] : difference(before, await subject.state());
      for (const piece of removable(subject.node, left)) {
        if (piece.kind === "file") await piece.remove();
      }
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

function filesOf(changes: readonly string[]): readonly string[] {
  return changes.flatMap((line) => /^\+ file (\S+)$/.exec(line)?.[1] ?? []);
}
