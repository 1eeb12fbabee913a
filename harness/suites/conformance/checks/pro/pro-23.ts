/** Stdin is one JSON document however it is laid out and however slowly it comes, and ends with the stream. */
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { sleep } from "../../../../../impl/base/time.ts";
import { mustSucceed } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import { anyRole, type RequirementCheck } from "../../requirement-check.ts";
import { mustOutline } from "../../result-outline.ts";
import type { Subject } from "../../subject.ts";
import { callThroughShell } from "../../through-shell.ts";

function layouts(plain: string) {
  const turned = Object.fromEntries(Object.entries(JSON.parse(plain)).toReversed());
  return {
    turned: JSON.stringify(turned, null, 9),
    escaped: plain.replaceAll("net", "\\u006eet"),
    large: JSON.stringify({ args: { filler: "x".repeat(1_000_000) }, ...turned }),
  };
}

const trickle =
  '{ head -c 1; sleep 0.05; head -c 20; sleep 0.05; head -c 40; sleep 0.05; cat; } | "$0"';
/** the whole document, and no end of it before the file is there */
const held = '{ cat; while [ ! -e "$1" ]; do sleep 0.02; done; } | "$0"';

/** A document may go on for as long as its stream does: whoever acts before has not read it all. */
async function mustWaitForTheEnd(subject: Subject, t: Judge) {
  const pod = await subject.pod(t);
  const gate = join(subject.node.paths.run, `${pod.name}.gate`);
  t.cleanup(() => rm(gate, { force: true }));
  const before = await subject.state();
  const calling = callThroughShell(subject, t, "ADD", { pod, script: held, argument: gate });
  let during = before;
  for (let looks = 0; looks < 5 && isDeepStrictEqual(during, before); looks++) {
    await sleep(80, t.signal);
    during = await subject.state();
  }
  await writeFile(gate, "");
  mustSucceed(t, await calling, "ADD with a stdin that ended late");
  t.equal(during, before, "ADD should do nothing before stdin has ended");
}

export const pro23: RequirementCheck = {
  id: "PRO-23",
  level: "IMPL",
  section: "2 Overview",
  title: "stdin is one JSON document whatever its layout and pace, read to its end",
  roles: anyRole,
  async run(subject: Subject, t: Judge) {
    const first = await subject.pod(t);
    const usual = mustOutline(t, await subject.call(t, "ADD", { pod: first }), "ADD");
    for (const layout of ["turned", "escaped", "large"] as const) {
      const pod = await subject.pod(t);
      const stdin = layouts(subject.configuration({ pod }))[layout];
      const what = `ADD with a ${layout} configuration`;
      const outline = mustOutline(t, await subject.call(t, "ADD", { pod, stdin }), what);
      t.equal(outline, usual, `${what} should give the usual result`);
      const deleted = await subject.call(t, "DEL", { pod, stdin });
      mustSucceed(t, deleted, `DEL with a ${layout} configuration`);
    }
    const pod = await subject.pod(t);
    const slow = await callThroughShell(subject, t, "ADD", { pod, script: trickle });
    mustSucceed(t, slow, "ADD with a trickled configuration");
    await mustWaitForTheEnd(subject, t);
  },
};
