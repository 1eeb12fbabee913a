/** A failure is told by an object that a runtime can read and a person can act on. */
import { errorObject, errorObjectFaults } from "../../../../spec/error.ts";
import { badCalls } from "../../bad-calls.ts";
import type { Judge } from "../../judge.ts";
import { parseJson } from "../../parse-json.ts";
import { anyRole, type RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const err01: RequirementCheck = {
  id: "ERR-01",
  level: "SHOULD",
  section: "5 Error",
  title: "a failure prints an error object with a numeric code and a one-line msg",
  roles: anyRole,
  async run(subject: Subject, t: Judge) {
    for (const { what, evidence } of await badCalls(subject, t)) {
      // On which stream is the matter of ERR-02.
      const text = evidence.stdout || evidence.stderr;
      const error = errorObject.safeParse(parseJson(text));
      t.must(error.success, `${what} should print an error object, it prints: ${text}`);
      const faults = errorObjectFaults(error.data).filter((fault) => fault.startsWith("msg"));
      t.equal(faults, [], `the error object of ${what} should be in order`);
    }
  },
};
