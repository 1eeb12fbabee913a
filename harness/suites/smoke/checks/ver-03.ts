/** SupportedVersions are released versions, each once, the same each time. */
import type { CheckContext } from "../../../core/check.ts";
import { isReleased } from "../../../spec/version.ts";
import { versionAnswer } from "../../../spec/version-answer.ts";
import { mustSucceed } from "../expect.ts";
import type { SmokeCheck } from "../smoke-check.ts";
import type { Subject } from "../subject.ts";

async function list(subject: Subject, t: CheckContext): Promise<readonly string[]> {
  const document = mustSucceed(t, await subject.call(t, "VERSION"), "VERSION");
  return versionAnswer.parse(document).supportedVersions;
}

export const ver03: SmokeCheck = {
  id: "VER-03",
  level: "IMPL",
  section: "5 VERSION",
  title: "supportedVersions are released versions, each once, the same each time",
  async run(subject: Subject, t: CheckContext) {
    const [first, second] = [await list(subject, t), await list(subject, t)];
    t.equal(second, first, "two calls should give the same list");
    t.equal([...new Set(first)], first, "each version should be there once");
    const unknown = first.filter((version) => !isReleased(version));
    t.equal(unknown, [], "each version should be a released one");
  },
};
