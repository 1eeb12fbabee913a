/** A second VF of the host that takes the first pod's MAC and addresses gets nothing from it, and takes nothing away. */
import type { Check, CheckContext } from "../../../core/check.ts";
import { mustReach, podAttempt } from "../../connectivity/pairs.ts";
import { datagrams } from "../attacks.ts";
import type { HostileFixture } from "../hostile-fixture.ts";
import { partyOf } from "../stage.ts";
import { mustBeUnheard } from "./attack-fails.ts";

export const secondVf: Check<HostileFixture> = {
  id: "second-vf",
  title: "a second VF cannot send with the first pod's MAC and address, nor take its traffic",
  async run(fixture, t: CheckContext) {
    const stage = await fixture.stage(t);
    const { attacker, victim } = stage;
    const third = stage.population.arrivals
      .flatMap(({ member }) => member ?? [])
      .find((one) => one !== attacker.member && one !== victim.member);
    t.must(third, "there should be a third pod");
    await stage.mustPass(t);
    const stolen = [victim.ipv4, victim.ipv6];
    // To a third pod: what goes to the victim from its own address, nobody would pass on.
    const to = await partyOf(t, third);
    const mark = () => stage.newMark();
    const frames = [attacker.mac, victim.mac].flatMap((src) =>
      datagrams(stage, mark, { src, from: stolen, to }),
    );
    for (const { frame } of frames) await stage.send(frame);
    await mustBeUnheard(t, stage, frames);
    for (const family of [4, 6] as const) {
      const attempts = [podAttempt({ from: third, to: victim.member }, family)];
      await mustReach(t, attempts, ({ from, to: other }, target) =>
        from.workload.tcp({ ...target, port: other.workload.ports.tcp, bytes: 1024 }),
      );
    }
  },
};
