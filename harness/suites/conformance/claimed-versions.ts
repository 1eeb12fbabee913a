/** The versions that the plugin says it speaks, for checks about something else: what VERSION prints is for VER-01 to judge. */
import { versionAnswer } from "../../spec/version-answer.ts";
import { given } from "./expect.ts";
import type { Judge } from "./judge.ts";
import type { Subject } from "./subject.ts";

export async function claimedVersions(subject: Subject, t: Judge): Promise<readonly string[]> {
  const document = given(t, await subject.call(t, "VERSION"), "VERSION");
  const answer = versionAnswer.safeParse(document);
  if (!answer.success) t.blocked("VERSION prints no list of versions");
  return answer.data.supportedVersions;
}
