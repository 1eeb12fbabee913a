/** SocketPath of the result is the absolute path of a socket. */

import type { Judge } from "../../judge.ts";
import { lookAtResults } from "../../look-at-results.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const res06: RequirementCheck = {
  id: "RES-06",
  level: "MAY",
  section: "5 ADD Success",
  title: "socketPath of the result is the absolute path of a socket",
  since: "1.1.0",
  async run(subject: Subject, t: Judge) {
    await lookAtResults(subject, t, {
      rule: "RES-06",
      from: "1.1.0",
      async look({ version }) {
        // Attached, since the socket goes with the interface.
        const { result } = await subject.sample(version);
        for (const { name, socketPath } of result.interfaces) {
          if (socketPath === undefined) continue;
          const { exitCode } = await subject.node.host.exec(["test", "-S", socketPath]);
          t.must(exitCode === 0, `socketPath "${socketPath}" of ${name} should be a socket`);
        }
      },
    });
  },
};
