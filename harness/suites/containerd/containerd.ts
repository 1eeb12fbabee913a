/** The suite containerd: what the runtime double says of plugins in its personality containerd, a real containerd says too. */
import type { Check, CheckContext } from "../../core/check.ts";
import type { Suite } from "../../core/suite.ts";
import type { SuiteFactory } from "../../core/suite-factory.ts";
import { compareViews } from "./compare-views.ts";
import { type Scenario, scenarios } from "./scenarios.ts";
import { TwoRuntimes } from "./two-runtimes.ts";

const title = "a real containerd makes of a plugin's answers what the runtime double makes of them";

export const containerd: SuiteFactory = {
  name: "containerd",
  title,
  isDefault: false,
  isRouted: true,
  makesPods: true,
  create(): Suite<TwoRuntimes> {
    return {
      name: "containerd",
      title,
      checks: () => scenarios.map(checkOf),
      open: (context) => TwoRuntimes.open(context),
    };
  },
};

export function checkOf(scenario: Scenario): Check<TwoRuntimes> {
  return {
    id: scenario.id,
    title: `both ${scenario.title}`,
    async run(runtimes, t: CheckContext) {
      const double = await runtimes.play("double", scenario.answers, t);
      const real = await runtimes.play("containerd", scenario.answers, t);
      const { words = "" } = scenario;
      for (const [name, view] of Object.entries({ double, real })) {
        t.evidence({ kind: "text", title: name, text: JSON.stringify(view, undefined, 2) });
        const why = `the kubelet should hear "${words}" from the ${name} runtime, it hears: ${view.why}`;
        t.must(view.why.includes(words), why);
      }
      t.equal(double.run, scenario.run, "the double should know how this ends");
      t.equal(double.stop, scenario.stop, "the double should know how stopping ends");
      const [difference] = compareViews(double, real);
      t.must(difference === undefined, difference ?? "");
    },
  };
}
