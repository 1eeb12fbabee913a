/** Repeated DELs succeed and print nothing. */
import { given, mustSucceed } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const del02: RequirementCheck = {
  id: "DEL-02",
  level: "MUST",
  section: "2 DEL",
  title: "repeated DELs succeed and print nothing",
  async run(subject: Subject, t: Judge) {
    const pod = await subject.pod(t);
    const prevResult = given(t, await subject.call(t, "ADD", { pod }), "ADD");
    for (const which of ["first", "second", "third"]) {
      const called = await subject.call(t, "DEL", { pod, prevResult });
      mustSucceed(t, called, `the ${which} DEL`);
      t.equal(called.evidence.stdout, "", `stdout of the ${which} DEL`);
    }
  },
};
