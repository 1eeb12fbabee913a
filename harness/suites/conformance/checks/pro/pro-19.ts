/** What is not one JSON object is told apart from a configuration that is only wrong. */
import { mustFail, mustLeaveUnchanged } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import { anyRole, type RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

interface Garbage {
  readonly stdin: string | Uint8Array;
  readonly codes: readonly number[];
}

function garbage(subject: Subject): Readonly<Record<string, Garbage>> {
  const good = subject.configuration({});
  const badName = Buffer.from(subject.configuration({ network: "xx" }));
  badName.fill(0xff, badName.indexOf('"xx"') + 1, badName.indexOf('"xx"') + 3);
  return {
    nothing: { stdin: "", codes: [6] },
    "an open brace": { stdin: "{", codes: [6] },
    "an array": { stdin: "[]", codes: [6] },
    "a string": { stdin: '"x"', codes: [6] },
    // Go plugins read these as a configuration without a name, and as one with a bad name.
    null: { stdin: "null", codes: [6, 7] },
    "a name that is not UTF-8": { stdin: badName, codes: [6, 7] },
    "two documents": { stdin: good + good, codes: [6] },
    "text after the document": { stdin: `${good} and so on`, codes: [6] },
  };
}

export const pro19: RequirementCheck = {
  id: "PRO-19",
  level: "MUST",
  section: "5 code 6",
  title: "a configuration that cannot be decoded is code 6",
  since: "1.0.0",
  roles: anyRole,
  async run(subject: Subject, t: Judge) {
    const pod = await subject.pod(t);
    await mustLeaveUnchanged(t, subject, {
      what: "an undecodable configuration",
      async work() {
        for (const [what, { stdin, codes }] of Object.entries(garbage(subject))) {
          const called = await subject.call(t, "ADD", { pod, stdin });
          mustFail(t, called, { what: `ADD with ${what} on stdin`, codes });
        }
      },
    });
  },
};
