/** CniVersion of VERSION echoes the one on stdin. */
import type { CheckContext } from "../../../core/check.ts";
import { compareVersions } from "../../../spec/version.ts";
import { versionAnswer } from "../../../spec/version-answer.ts";
import { mustSucceed } from "../expect.ts";
import type { SmokeCheck } from "../smoke-check.ts";
import type { Subject } from "../subject.ts";

export const ver02: SmokeCheck = {
  id: "VER-02",
  level: "MUST",
  section: "5 VERSION",
  title: "cniVersion of VERSION echoes the one on stdin",
  async run(subject: Subject, t: CheckContext) {
    const stdin = '{"cniVersion":"0.3.1"}';
    const document = mustSucceed(t, await subject.call(t, "VERSION", { stdin }), "VERSION");
    const { cniVersion, supportedVersions } = versionAnswer.parse(document);
    if (cniVersion === "0.3.1") return;
    // What every plugin built on skel does; runtimes look at the list only.
    const newest = supportedVersions.toSorted(compareVersions).at(-1);
    if (cniVersion === newest)
      t.finding(`VERSION prints its own newest version ${cniVersion}, not an echo of 0.3.1`);
    t.fail(`VERSION should echo 0.3.1, it prints ${cniVersion}`);
  },
};
