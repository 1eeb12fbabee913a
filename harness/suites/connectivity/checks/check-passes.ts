/** CHECK right after ADD says that all is well for every pod; CRI-O makes no pod otherwise. */
import type { Check, CheckContext } from "../../../core/check.ts";
import { attached } from "../pairs.ts";
import type { Population } from "../population.ts";

const neverAsked = "containerd never runs CHECK";

export const checkPasses: Check<Population> = {
  id: "check-passes",
  title: "CHECK of every attached pod succeeds",
  requirement: { id: "CHK-02", level: "MUST", section: "2 CHECK" },
  async run(population, t: CheckContext) {
    await Promise.all(
      attached(population, t).map(async ({ name, check }) => {
        const checked = check === undefined ? t.notApplicable(neverAsked) : await check();
        if (checked.ok) return;
        for (const evidence of checked.evidence) t.evidence(evidence);
        t.fail(`CHECK of pod ${name} failed with ${checked.msg}`);
      }),
    );
  },
};
