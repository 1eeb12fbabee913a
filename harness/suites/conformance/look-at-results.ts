/** What was seen of ADD in a range of versions, for the checks that only look at a result, and the faults of one rule in it. */
import { compareVersions } from "../../spec/version.ts";
import type { Judge } from "./judge.ts";
import type { Look } from "./samples.ts";
import type { Subject } from "./subject.ts";

export interface Looking {
  /** whose faults fail the check: "RES-08" */
  readonly rule: string;
  /** oldest version to look at; default "0.3.0", the first with this shape */
  readonly from?: string;
  /** first version not to look at any more */
  readonly before?: string;
  /** Holds one result against the kernel; not called for a document that is no result. */
  look?(seen: Look): Promise<void> | void;
}

export async function lookAtResults(subject: Subject, t: Judge, looking: Looking): Promise<void> {
  const { rule, from = "0.3.0", before, look } = looking;
  const versions = subject.plugin.versions.filter(
    (version) =>
      compareVersions(version, from) >= 0 &&
      (before === undefined || compareVersions(version, before) < 0),
  );
  if (versions.length === 0) {
    const range = before === undefined ? `from ${from} on` : `from ${from} to before ${before}`;
    t.notApplicable(`${subject.plugin.name} has no version ${range}`);
  }
  for (const version of versions) {
    const seen = await subject.look(version);
    t.evidence(seen.called.evidence);
    const faults = seen.faults.filter((fault) => fault.rule === rule).map(({ text }) => text);
    t.equal(faults, [], `the result for ${version} should have no fault`);
    if (seen.readable) await look?.(seen);
  }
}
