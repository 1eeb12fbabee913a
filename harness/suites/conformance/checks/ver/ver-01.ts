/** VERSION says which versions a runtime may choose from. */
import { versionAnswer } from "../../../../spec/version-answer.ts";
import { mustSucceed } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import { anyRole, type RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const ver01: RequirementCheck = {
  id: "VER-01",
  level: "MUST",
  section: "5 VERSION",
  title: "VERSION prints cniVersion and supportedVersions",
  since: "0.2.0",
  roles: anyRole,
  async run(subject: Subject, t: Judge) {
    const document = mustSucceed(t, await subject.call(t, "VERSION"), "VERSION");
    const answer = versionAnswer.safeParse(document);
    t.must(answer.success, `VERSION should print both keys, it prints ${JSON.stringify(document)}`);
    t.must(answer.data.supportedVersions.length > 0, "supportedVersions should not be empty");
  },
};
