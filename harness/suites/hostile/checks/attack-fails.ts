/** Frames of one attack turn up nowhere, and the pod's own traffic passes before and after. */
import type { Check, CheckContext } from "../../../core/check.ts";
import type { Attack, AttackFrame } from "../attacks.ts";
import type { HostileFixture } from "../hostile-fixture.ts";
import type { Stage } from "../stage.ts";

export function attackFails(attack: Attack): Check<HostileFixture> {
  return {
    id: attack.id,
    title: attack.title,
    async run(fixture, t: CheckContext) {
      const stage = await fixture.stage(t);
      await mustFail(t, stage, attack);
    },
  };
}

export async function mustFail(t: CheckContext, stage: Stage, attack: Attack): Promise<void> {
  await stage.mustPass(t);
  const frames = attack.frames(stage, () => stage.newMark());
  for (const { frame } of frames) await stage.send(frame);
  await mustBeUnheard(t, stage, frames);
  for (const address of attack.claims?.(stage) ?? []) {
    const [entry] = await stage.believed(address);
    t.must(entry === undefined, `${stage.node.dpu.name} takes the attacker for ${entry}`);
  }
  t.log(`${frames.length} frames`);
}

/** What the pod may send comes behind them: they would have been heard by then. */
export async function mustBeUnheard(
  t: CheckContext,
  stage: Stage,
  frames: readonly AttackFrame[],
): Promise<void> {
  await stage.mustPass(t, stage.attacker.ipv4);
  await stage.mustPass(t, stage.attacker.ipv6);
  for (const { what, mark } of frames) {
    const heard = stage.whereHeard(mark);
    t.must(heard.length === 0, `${what} should go no further, it was heard in ${heard.join(", ")}`);
  }
}
