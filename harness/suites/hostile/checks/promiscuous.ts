/** A pod that hears everything its VF is shown is shown nothing that is for another. */
import { sleep } from "../../../../impl/base/time.ts";
import { linuxKernel } from "../../../../impl/netlink/linux.ts";
import type { Check, CheckContext } from "../../../core/check.ts";
import { broadcast, udp } from "../frames.ts";
import type { HostileFixture } from "../hostile-fixture.ts";

const patienceMs = 10_000;

export const promiscuous: Check<HostileFixture> = {
  id: "promiscuous",
  title: "an interface in promiscuous mode hears nothing that is for another pod",
  async run(fixture, t: CheckContext) {
    const stage = await fixture.stage(t);
    const { attacker, victim } = stage;
    const { pod, ifname } = attacker.member;
    const mode = (word: string) => pod.place.exec(["ip", "link", "set", ifname, "promisc", word]);
    t.cleanup(() => mode("off"));
    t.equal((await mode("on")).exitCode, 0, "promiscuous mode should be to be had");
    const kernel = linuxKernel();
    using ear = await (await kernel.open(pod.netns)).listen("any");
    using talker = await kernel.open(victim.member.pod.netns);
    const heard: Buffer[] = [];
    const isHeard = (mark: Buffer) => {
      heard.push(...ear.take().map(({ frame }) => Buffer.from(frame)));
      return heard.some((frame) => frame.includes(mark));
    };
    const say = (dst: string, mark: Buffer, target: string) =>
      talker.sendFrame(
        victim.member.ifname,
        udp({ src: victim.mac, dst }, [victim.ipv4, target], mark),
      );
    // A switch that knows no port of a MAC shows its frame to all.
    const foreign = ["02:66:66:66:66:01", "02:66:66:66:66:02", "02:66:66:66:66:03"].map((dst) => {
      return { dst, mark: stage.newMark() };
    });
    for (const { dst, mark } of foreign) await say(dst, mark, "10.244.1.251");
    const own = stage.newMark();
    for (const endMs = Date.now() + patienceMs; !isHeard(own); ) {
      t.must(Date.now() < endMs, "what is for the pod should reach it");
      for (const dst of [attacker.mac, broadcast, ...(await doorsOf(victim.member.pod.place))]) {
        await say(dst, own, attacker.ipv4);
      }
      await sleep(20, t.signal);
    }
    const seen = foreign.filter(({ mark }) => isHeard(mark)).map(({ dst }) => dst);
    t.equal(seen, [], "frames for other MACs should not be shown to the pod");
  },
};

/** of the victim's gateway, where the pods are not on one link */
async function doorsOf(place: {
  exec(argv: readonly string[]): Promise<{ readonly stdout: string }>;
}) {
  const { stdout } = await place.exec(["ip", "neigh"]);
  return [...stdout.matchAll(/lladdr ([0-9a-f:]{17})/g)].flatMap(([, mac]) => mac ?? []);
}
