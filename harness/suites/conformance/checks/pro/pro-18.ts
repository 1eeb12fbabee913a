/** A stdin that cannot be read is code 5. */

import { readAnswer } from "../../../../runtime/answer.ts";
import { mustFail } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const pro18: RequirementCheck = {
  id: "PRO-18",
  level: "MUST",
  section: "5 code 5",
  title: "a stdin that cannot be read is code 5",
  async run(subject: Subject, t: Judge) {
    const pod = await subject.pod(t);
    const argv = ["/bin/sh", "-c", 'exec "$0" < /', subject.executable];
    const environment = subject.environment("ADD", { pod });
    const ran = await subject.node.host.exec(argv, { environment, signal: t.signal, cwd: "/" });
    const { stdout, stderr, exitCode, durationMs } = ran;
    const evidence = {
      kind: "command",
      argv,
      environment,
      stdin: "",
      stdout,
      stderr,
      durationMs,
    } as const;
    const seen = { ...evidence, ...(exitCode === undefined ? {} : { exitCode }) };
    t.evidence(seen);
    const answer = readAnswer("ADD", subject.newest, { evidence: seen, timedOut: ran.timedOut });
    mustFail(t, { answer, evidence: seen }, { what: "ADD with a directory as stdin", codes: [5] });
  },
};
