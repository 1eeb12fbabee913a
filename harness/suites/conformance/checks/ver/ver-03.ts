/** A runtime compares the claimed versions by their text, and asks once for all. */
import { isReleased } from "../../../../spec/version.ts";
import { claimedVersions } from "../../claimed-versions.ts";
import type { Judge } from "../../judge.ts";
import { anyRole, type RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const ver03: RequirementCheck = {
  id: "VER-03",
  level: "IMPL",
  section: "5 VERSION",
  title: "supportedVersions are released versions, each once, the same each time",
  since: "0.2.0",
  roles: anyRole,
  async run(subject: Subject, t: Judge) {
    const [first, second] = [await claimedVersions(subject, t), await claimedVersions(subject, t)];
    t.equal(second, first, "two calls should give the same list");
    t.equal([...new Set(first)], first, "each version should be there once");
    const unknown = first.filter((version) => !isReleased(version));
    t.equal(unknown, [], "each version should be a released one");
  },
};
