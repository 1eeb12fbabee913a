/** A runtime newer than the plugin must be able to ask for its versions, whatever it says on stdin by then. */
import { mustSucceed } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import { anyRole, type RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

const inputs: Readonly<Record<string, string>> = {
  nothing: "",
  "a version to come": '{"cniVersion":"99.0.0"}',
  "keys to come": '{"cniVersion":"1.1.0","future":{"deep":[1,2]},"name":5}',
  "what is not JSON": "cniVersion: 1.1.0",
};

export const ver06: RequirementCheck = {
  id: "VER-06",
  level: "IMPL",
  section: "2 VERSION",
  title: "VERSION answers whatever is on stdin",
  since: "0.2.0",
  roles: anyRole,
  async run(subject: Subject, t: Judge) {
    for (const [what, stdin] of Object.entries(inputs)) {
      const called = await subject.call(t, "VERSION", { stdin });
      // What it prints is VER-01's.
      mustSucceed(t, called, `VERSION with ${what}`);
    }
  },
};
