/** The suite runtimes: plugins as containerd, CRI-O, Multus and the specification itself would use them. */
import type { Check } from "../../core/check.ts";
import type { Suite } from "../../core/suite.ts";
import type { SuiteFactory } from "../../core/suite-factory.ts";
import { personalityOf } from "../../runtime/personalities/personality-of.ts";
import { type PersonalityName, personalityNames } from "../../runtime/personality.ts";
import { chooseTargets } from "../../targets/choose-targets.ts";
import { Bench, sideBySide } from "../conformance/bench.ts";
import type { Subject } from "../conformance/subject.ts";
import { runtimeChecks } from "./checks/all.ts";
import { play } from "./played.ts";
import type { RuntimeCheck } from "./runtime-check.ts";

const title = "pods live and die well under containerd, CRI-O, Multus and the specification itself";

export const runtimes: SuiteFactory = {
  name: "runtimes",
  title,
  isDefault: false,
  wantsNodes: 4,
  create(options): Suite<Bench> {
    const targets = chooseTargets(options);
    const checks = targets.flatMap(({ installer }) =>
      personalityNames.flatMap((personality) =>
        runtimeChecks
          .filter((check) => check.personalities?.includes(personality) ?? true)
          .map((check) => checkUnder(personality, check, installer.name)),
      ),
    );
    return {
      name: "runtimes",
      title,
      parallel: sideBySide(
        targets.map(({ installer }) => installer),
        options.nodes,
      ),
      checks: () => checks,
      open: (context) =>
        Bench.open(
          targets.map(({ installer }) => installer),
          context,
        ),
    };
  },
};

function checkUnder(name: PersonalityName, check: RuntimeCheck, target: string): Check<Bench> {
  return {
    id: `${target}/${name}/${check.id}`,
    title: `${name}: ${check.title}`,
    async run(bench, t) {
      const subject = await bench.lease(target, t);
      const why = whyNot(subject);
      if (why !== undefined) t.notApplicable(why);
      await check.run(await play(personalityOf(name), subject, t), t);
    },
  };
}

/** Only a plugin that makes a pod's interface and gives it addresses makes a pod run. */
function whyNot({ plugin }: Subject): string | undefined {
  const { name, role = "interface", claims, prepare, ifname = "eth0" } = plugin;
  if (role !== "interface" || ifname !== "eth0") return `${name} makes no eth0 of a pod`;
  if (prepare !== undefined) return `${name} takes a device that is named for each attachment`;
  const silent = claims !== undefined && !claims.includes("addresses");
  return silent ? `${name} gives no addresses` : undefined;
}
