/** A configuration that cannot be read at all is another failure than one that cannot be understood. */
import { mustFail } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import { anyRole, type RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";
import { callThroughShell } from "../../through-shell.ts";

export const pro18: RequirementCheck = {
  id: "PRO-18",
  level: "MUST",
  section: "5 code 5",
  title: "a stdin that cannot be read is code 5",
  since: "1.0.0",
  roles: anyRole,
  async run(subject: Subject, t: Judge) {
    const pod = await subject.pod(t);
    const directory = await callThroughShell(subject, t, "ADD", { pod, script: 'exec "$0" < /' });
    mustFail(t, directory, { what: "ADD with a directory as stdin", codes: [5] });
    // What takes the place of a closed descriptor 0 is not the plugin's doing: Go's runtime opens /dev/null.
    const closed = await callThroughShell(subject, t, "ADD", { pod, script: 'exec "$0" <&-' });
    mustFail(t, closed, { what: "ADD with stdin closed" });
    t.must(closed.answer.kind === "error" && closed.answer.code > 0, "it should give a code");
  },
};
