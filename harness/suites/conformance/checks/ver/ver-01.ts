/** VERSION prints cniVersion and supportedVersions. */

import { versionAnswer } from "../../../../spec/version-answer.ts";
import { mustSucceed } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const ver01: RequirementCheck = {
  id: "VER-01",
  level: "MUST",
  section: "5 VERSION",
  title: "VERSION prints cniVersion and supportedVersions",
  async run(subject: Subject, t: Judge) {
    const document = mustSucceed(t, await subject.call(t, "VERSION"), "VERSION");
    const answer = versionAnswer.safeParse(document);
    t.must(answer.success, `VERSION should print both keys, it prints ${JSON.stringify(document)}`);
    t.must(answer.data.supportedVersions.length > 0, "supportedVersions should not be empty");
  },
};
