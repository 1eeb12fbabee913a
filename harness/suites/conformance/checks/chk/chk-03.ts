/** CHECK tolerates what later plugins of the list added and changed. */
import { attach, checkOf } from "../../attached.ts";
import { ipAt } from "../../drift.ts";
import { mustSucceed } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import { readable } from "../../readable.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

const [mac, address, dst] = ["02:00:5e:00:53:03", "203.0.113.3/32", "203.0.113.128/25"];

export const chk03: RequirementCheck = {
  id: "CHK-03",
  level: "MUST",
  section: "2 CHECK",
  title: "CHECK tolerates what later plugins of the list added and changed",
  since: "0.4.0",
  async run(subject: Subject, t: Judge) {
    const attached = await attach(subject, t);
    const { place, netns } = attached.pod;
    const result = readable(t, attached.result);
    // What a later plugin does: an interface of its own with an address and a route.
    await ipAt(t, place, "link", "add", "later0", "address", mac, "type", "veth", "peer", "later1");
    await ipAt(t, place, "link", "set", "later0", "up");
    await ipAt(t, place, "address", "add", address, "dev", "later0");
    await ipAt(t, place, "route", "add", dst, "dev", "later0");
    const version = result.ips.some((ip) => ip.version !== undefined) ? { version: "4" } : {};
    const longer = {
      ...result,
      interfaces: [...result.interfaces, { name: "later0", mac, sandbox: netns }],
      ips: [...result.ips, { ...version, address, interface: result.interfaces.length }],
      routes: [...result.routes, { dst }],
    };
    const added = await checkOf(subject, t, attached, longer);
    mustSucceed(t, added, "CHECK after a later plugin added an interface, an address and a route");
    // What tuning does: another MAC on the plugin's own interface, told in the result.
    const own = result.interfaces.find(({ name, sandbox }) => name === attached.ifname && sandbox);
    if (!own?.mac) return;
    await ipAt(t, place, "link", "set", attached.ifname, "address", "02:00:5e:00:53:04");
    t.cleanup(() => place.exec(["ip", "link", "set", attached.ifname, "address", own.mac ?? ""]));
    const changed = longer.interfaces.map((one) =>
      one === own ? { ...one, mac: "02:00:5e:00:53:04" } : one,
    );
    const tuned = await checkOf(subject, t, attached, { ...longer, interfaces: changed });
    mustSucceed(t, tuned, "CHECK after a later plugin changed the MAC");
  },
};
