/** A failure prints an error object with a numeric code and a one-line msg. */

import { errorObject, errorObjectFaults } from "../../../../spec/error.ts";
import { badCalls } from "../../bad-calls.ts";
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export const err01: RequirementCheck = {
  id: "ERR-01",
  level: "SHOULD",
  section: "5 Error",
  title: "a failure prints an error object with a numeric code and a one-line msg",
  async run(subject: Subject, t: Judge) {
    const pod = await subject.pod(t);
    for (const [what, { evidence }] of await badCalls(subject, t, pod)) {
      const error = errorObject.safeParse(parseJson(evidence.stdout || evidence.stderr));
      t.must(
        error.success,
        `${what} should print an error object, it prints: ${evidence.stdout}${evidence.stderr}`,
      );
      const faults = errorObjectFaults(error.data).filter((fault) => fault.startsWith("msg"));
      t.equal(faults, [], `the error object of ${what} should be in order`);
    }
  },
};
