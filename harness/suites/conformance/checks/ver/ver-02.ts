/** The answer to VERSION is in the version it was asked in, so that old runtimes can read it. */
import { z } from "zod";
import { compareVersions } from "../../../../spec/version.ts";
import { claimedVersions } from "../../claimed-versions.ts";
import { mustSucceed } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import { anyRole, type RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

const told = z.looseObject({ cniVersion: z.string() });

export const ver02: RequirementCheck = {
  id: "VER-02",
  level: "MUST",
  section: "5 VERSION",
  title: "cniVersion of VERSION echoes the one on stdin",
  since: "0.2.0",
  roles: anyRole,
  readings: ["strict"],
  async run(subject: Subject, t: Judge) {
    const stdin = '{"cniVersion":"0.3.1"}';
    const document = mustSucceed(t, await subject.call(t, "VERSION", { stdin }), "VERSION");
    const { cniVersion } = told.safeParse(document).data ?? {};
    if (cniVersion === "0.3.1") return;
    // What every plugin built on skel does; runtimes look at the list only.
    const newest = (await claimedVersions(subject, t)).toSorted(compareVersions).at(-1);
    t.equal(cniVersion, newest, "VERSION should echo 0.3.1, or at least say its newest version");
    t.against(["strict"], false, `VERSION prints its own newest version ${newest}, not an echo`);
  },
};
