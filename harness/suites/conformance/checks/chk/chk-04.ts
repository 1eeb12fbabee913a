/** CHECK fails when the interface is missing or in a bad state. */
import type { Place } from "../../../../core/backend.ts";
import { type Drift, type DriftOf, ipAt, mustNotice } from "../../drift.ts";
import type { Judge } from "../../judge.ts";
import { readable } from "../../readable.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const chk04: RequirementCheck = {
  id: "CHK-04",
  level: "SHOULD",
  section: "2 CHECK",
  title: "CHECK fails when the interface is missing or in a bad state",
  since: "0.4.0",
  async run(subject: Subject, t: Judge) {
    const other = await subject.pod(t);
    /** `ip link set DEV …` there and back */
    const link = (what: string, place: Place, apply: string[], undo: string[]): Drift => ({
      what,
      apply: () => ipAt(t, place, "link", "set", ...apply),
      undo: () => ipAt(t, place, "link", "set", ...undo),
    });
    const isDown: DriftOf = async ({ pod, ifname }) =>
      link("the interface is down", pod.place, [ifname, "down"], [ifname, "up"]);
    const drifts: readonly DriftOf[] = [
      async ({ pod, ifname, result }) => {
        const mac = interfaceOf(t, result, ifname)?.mac;
        if (!mac) return undefined;
        const argv = [ifname, "address"];
        return link(
          "the MAC was changed",
          pod.place,
          [...argv, "02:00:5e:00:53:04"],
          [...argv, mac],
        );
      },
      async ({ pod, ifname, result }) => {
        const mtu = interfaceOf(t, result, ifname)?.mtu;
        if (mtu === undefined) return undefined;
        const argv = [ifname, "mtu"];
        return link(
          "the MTU was changed",
          pod.place,
          [...argv, `${mtu - 100}`],
          [...argv, `${mtu}`],
        );
      },
      async ({ pod, ifname }) => {
        const rename = (from: string, to: string) => async () => {
          await ipAt(t, pod.place, "link", "set", from, "down");
          await ipAt(t, pod.place, "link", "set", from, "name", to);
          await ipAt(t, pod.place, "link", "set", to, "up");
        };
        const [apply, undo] = [rename(ifname, "moved"), rename("moved", ifname)];
        return { what: "the interface was renamed", apply, undo };
      },
      async ({ pod, ifname }) => ({
        what: "the interface was moved to another namespace",
        apply: () => ipAt(t, pod.place, "link", "set", ifname, "netns", other.netns),
        undo: () => ipAt(t, other.place, "link", "set", ifname, "netns", pod.netns),
      }),
    ];
    // The kernel's own lo keeps its name, its MAC and its place.
    await mustNotice(t, subject, subject.ifname === "lo" ? [isDown] : [...drifts, isDown]);
  },
};

function interfaceOf(t: Judge, result: unknown, ifname: string) {
  const { interfaces } = readable(t, result);
  return interfaces.find(({ name, sandbox }) => name === ifname && sandbox);
}
