/** STATUS is about the plugin, not about an attachment: variables of one neither help nor hinder. */
import type { Judge } from "../../judge.ts";
import type { Called } from "../../plugin-call.ts";
import { anyRole, type RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

/** libcni sends the first */
const strays: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  empty: { CNI_CONTAINERID: "", CNI_NETNS: "", CNI_IFNAME: "" },
  odd: { CNI_CONTAINERID: "../-", CNI_NETNS: "nowhere", CNI_IFNAME: "a/b:c d" },
};

function outcome({ answer }: Called): string {
  return answer.kind === "success" ? "success" : `code ${answer.code}`;
}

export const pro11: RequirementCheck = {
  id: "PRO-11",
  level: "MUST",
  section: "2 STATUS",
  title: "STATUS needs CNI_COMMAND only and is not disturbed by variables of an attachment",
  since: "1.1.0",
  roles: anyRole,
  readings: ["strict"],
  async run(subject: Subject, t: Judge) {
    const usual = outcome(await subject.call(t, "STATUS"));
    t.must(usual !== "code 4", "STATUS should need no variable of an attachment, it gives code 4");
    for (const [how, environment] of Object.entries(strays)) {
      const called = outcome(await subject.call(t, "STATUS", { environment }));
      t.equal(called, usual, `STATUS with ${how} variables should answer as without them`);
    }
    // Every plugin built on skel wants CNI_PATH, and every runtime sends it.
    const bare = outcome(await subject.call(t, "STATUS", { environment: { CNI_PATH: undefined } }));
    const message = `STATUS with CNI_COMMAND only should give ${usual}, it gives ${bare}`;
    t.against(["strict"], bare === usual, message);
  },
};
