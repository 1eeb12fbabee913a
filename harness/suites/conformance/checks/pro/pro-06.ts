/** Stderr is for logs only: where it goes, or that it goes nowhere, changes nothing of what the plugin does and prints. */
import { join } from "node:path";
import { mustFail, mustSucceed } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import { anyRole, type RequirementCheck } from "../../requirement-check.ts";
import { mustOutline } from "../../result-outline.ts";
import type { Subject } from "../../subject.ts";
import { callThroughShell } from "../../through-shell.ts";

/** A pipe holds 64 KiB; this one is full and, being open for reading too, never breaks. */
const fullPipe = 'exec 2<>"$1"; head -c 65536 /dev/zero >&2; exec "$0"';
const bends: Readonly<Record<string, string>> = {
  "stderr closed": 'exec "$0" 2>&-',
  "/dev/full for stderr": 'exec "$0" 2>/dev/full',
  "a full pipe for stderr": fullPipe,
};

const unreadable = { stdin: "{" };

export const pro06: RequirementCheck = {
  id: "PRO-06",
  level: "MAY",
  section: "5 Error",
  title: "stderr is for logs only: closed or full, it changes neither what is done nor stdout",
  roles: anyRole,
  async run(subject: Subject, t: Judge) {
    const first = await subject.pod(t);
    const usual = mustOutline(t, await subject.call(t, "ADD", { pod: first }), "ADD");
    const failed = await subject.call(t, "ADD", { pod: first, ...unreadable });
    const fifo = join(subject.node.paths.run, `${first.name}.fifo`);
    await subject.node.host.exec(["mkfifo", fifo]);
    t.cleanup(() => subject.node.host.exec(["rm", "-f", fifo]));
    for (const [bend, script] of Object.entries(bends)) {
      const pod = await subject.pod(t);
      const bent = { pod, script, argument: fifo };
      const added = await callThroughShell(subject, t, "ADD", bent);
      const what = `ADD with ${bend}`;
      t.equal(mustOutline(t, added, what), usual, `${what} should print the usual result`);
      const deleted = await callThroughShell(subject, t, "DEL", bent);
      mustSucceed(t, deleted, `DEL with ${bend}`);
      const bad = await callThroughShell(subject, t, "ADD", { ...bent, ...unreadable });
      if (failed.answer.kind === "success") continue;
      const { code } = failed.answer;
      mustFail(t, bad, { what: `ADD of half a configuration and ${bend}`, codes: [code] });
    }
  },
};
