/** A malformed prevResult on ADD is an error with code 6 or 7. */
import { earlierResult } from "../../earlier.ts";
import { mustBecome } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

const malformed: Readonly<Record<string, unknown>> = {
  "a text": "none",
  "an object for interfaces": { interfaces: {} },
  "an address that is none": { ips: [{ version: "4", address: "not-an-address" }] },
};

export const chn06: RequirementCheck = {
  id: "CHN-06",
  level: "IMPL",
  section: "5 Error",
  title: "A malformed prevResult on ADD is an error with code 6 or 7",
  since: "0.3.0",
  roles: ["interface", "chained"],
  readings: ["strict"],
  async run(subject: Subject, t: Judge) {
    const accepted: string[] = [];
    const codes = new Set<number>();
    for (const [what, bad] of Object.entries(malformed)) {
      const pod = await subject.pod(t);
      const before = await subject.state();
      const prevResult =
        typeof bad === "object" ? { ...earlierResult(subject, pod, subject.newest), ...bad } : bad;
      const { answer } = await subject.call(t, "ADD", { pod, prevResult });
      if (answer.kind === "success") accepted.push(what);
      else codes.add(answer.code);
      if (answer.kind === "error")
        await mustBecome(t, subject, { state: before, what: `ADD with ${what}` });
      await subject.call(t, "DEL", { pod });
    }
    t.must(accepted.length === 0, `ADD should refuse ${accepted.join(" and ")} in prevResult`);
    t.against(
      ["strict"],
      [...codes].every((code) => code === 6 || code === 7),
      `the code of a malformed prevResult should be 6 or 7, it is ${[...codes].join(" and ")}`,
    );
  },
};
