/** A call fails or succeeds: one that fails prints its error and no result beside it. */
import { z } from "zod";
import { badCalls } from "../../bad-calls.ts";
import { mustSucceed } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import { parseJson } from "../../parse-json.ts";
import { anyRole, type RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

const anyObject = z.record(z.string(), z.unknown());
const ofResults = ["ips", "interfaces", "ip4", "ip6", "supportedVersions"];

export const err11: RequirementCheck = {
  id: "ERR-11",
  level: "IMPL",
  section: "2, 5",
  title: "a call that fails prints one object, and no result in or beside it",
  roles: anyRole,
  async run(subject: Subject, t: Judge) {
    const pod = await subject.pod(t);
    mustSucceed(t, await subject.call(t, "ADD", { pod }), "ADD");
    const again = await subject.call(t, "ADD", { pod });
    const calls = [...(await badCalls(subject, t)), { what: "ADD a second time", ...again }];
    for (const { what, evidence } of calls) {
      const text = evidence.stdout.trim();
      if (evidence.exitCode === 0 || text === "") continue;
      const printed = anyObject.safeParse(parseJson(text));
      t.must(printed.success, `${what} should print one object, it prints: ${text.slice(0, 200)}`);
      const found = ofResults.filter((key) => key in printed.data);
      t.equal(found, [], `${what} failed, so it should print nothing of a result`);
    }
  },
};
