/** What was kept back is counted at the port that sent it, and nowhere else. */
import type { Check, CheckContext } from "../../../core/check.ts";
import { attacks } from "../attacks.ts";
import type { HostileFixture } from "../hostile-fixture.ts";

export const dropsCounted: Check<HostileFixture> = {
  id: "drops-counted",
  title: "dropped frames are counted in the agent's inventory, at the port that sent them",
  async run(fixture, t: CheckContext) {
    const stage = await fixture.stage(t);
    const countOf = async (containerId: string) => {
      const { ports } = await fixture.inventory(stage.node);
      return ports.find(({ owner }) => owner.containerId === containerId)?.dropped ?? 0;
    };
    const [own, other] = [stage.attacker, stage.victim].map(({ member }) => member.pod.containerId);
    t.must(own && other, "the pods should have ids");
    const before = [await countOf(own), await countOf(other)] as const;
    await stage.mustPass(t);
    const [attack] = attacks;
    const frames = attack?.frames(stage, () => stage.newMark()) ?? [];
    for (const { frame } of frames) await stage.send(frame);
    await stage.mustPass(t);
    t.equal((await countOf(own)) - before[0], frames.length, "each frame should be counted once");
    t.equal((await countOf(other)) - before[1], 0, "nothing should be counted at another port");
  },
};
