/** An IPAM plugin answers in the configuration's version, or with code 1. */
import { releasedVersions } from "../../../../spec/version.ts";
import { mustFail, mustSucceed } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const dlg13: RequirementCheck = {
  id: "DLG-13",
  level: "MUST",
  section: "5 Delegated",
  title: "An IPAM plugin answers in the configuration's version, or with code 1",
  since: "0.4.0",
  roles: ["ipam"],
  async run(subject: Subject, t: Judge) {
    const pod = await subject.pod(t);
    for (const version of [...releasedVersions, "9.9.9"]) {
      const what = `ADD with cniVersion ${version}`;
      const called = await subject.call(t, "ADD", { pod, version });
      if (called.answer.kind === "error") mustFail(t, called, { what, codes: [1] });
      else
        t.equal(
          versionOf(mustSucceed(t, called, what)),
          version,
          `the version of the result of ${what}`,
        );
      await subject.call(t, "DEL", { pod, version });
    }
  },
};

function versionOf(document: unknown): unknown {
  return (document as { readonly cniVersion?: unknown }).cniVersion;
}
