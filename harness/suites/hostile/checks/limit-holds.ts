/** However much a pod sends, no more than its VF's rate gets further. */
import { sleep } from "../../../../impl/base/time.ts";
import type { Place } from "../../../core/backend.ts";
import type { Check, CheckContext } from "../../../core/check.ts";
import { udp } from "../frames.ts";
import { type HostileFixture, limit } from "../hostile-fixture.ts";

const frames = 3_000;
const payloadBytes = 1_400;
/** of everything else that the victim gets meanwhile */
const otherBytes = 64 * 1024;

export const limitHolds: Check<HostileFixture> = {
  id: "limit-holds",
  title:
    "a pod that floods gets no more through than the limit of its VF, and goes on being served",
  async run(fixture, t: CheckContext) {
    const stage = await fixture.stage(t);
    const { guard } = await fixture.inventory(stage.node);
    if (guard?.limits.state === "notEnforced") t.skip(`no limit: ${guard.limits.reason}`);
    const { attacker, victim } = stage;
    const dst = await stage.mustPass(t);
    const { ifname, pod } = victim.member;
    const before = await receivedBytes(pod.place, ifname);
    const payload = Buffer.alloc(payloadBytes, 0x2e);
    const frame = udp({ src: attacker.mac, dst }, [attacker.ipv4, victim.ipv4], payload);
    const startedAt = performance.now();
    for (let i = 0; i < frames; i++) await stage.send(frame);
    // Until the last of what got through has arrived.
    for (let last = -1, now = 0; last !== now; ) {
      last = now;
      await sleep(100, t.signal);
      now = await receivedBytes(pod.place, ifname);
    }
    const ms = performance.now() - startedAt;
    const got = (await receivedBytes(pod.place, ifname)) - before;
    const { mbitPerSecond, burstKbyte } = limit;
    const most = burstKbyte * 1024 + (mbitPerSecond * 1_000_000 * ms) / 8 / 1000 + otherBytes;
    const sent = frames * frame.length;
    t.log(
      `${sent} bytes sent, ${got} arrived, at most ${Math.round(most)} in ${Math.round(ms)} ms`,
    );
    if (most > sent / 2) t.skip("the machine is too slow to send faster than the limit");
    t.must(got <= most, `at most ${Math.round(most)} bytes should arrive, ${got} did`);
    await stage.mustPass(t);
  },
};

async function receivedBytes(place: Place, ifname: string): Promise<number> {
  const { stdout } = await place.exec(["cat", "/proc/net/dev"]);
  return Number(new RegExp(`${ifname}:\\s*(\\d+)`).exec(stdout)?.[1] ?? Number.NaN);
}
