/** The result that earlier plugins of a list left, with entries that no plugin under test can have made: who passes it on keeps them. */
import type { Pod } from "../../core/backend.ts";
import { type AnyResult, anyResult } from "../../spec/result.ts";
import { compareVersions } from "../../spec/version.ts";
import { parseJson } from "./parse-json.ts";
import type { Subject } from "./subject.ts";

/** Two interfaces, an address of the second, a route and name servers, beside what really came before the plugin. */
export function earlierResult(subject: Subject, pod: Pod, version: string): AnyResult {
  const really = realResult(subject, pod, version);
  const second = really.interfaces.length + 1;
  const family = compareVersions(version, "1.0.0") < 0 ? { version: "4" } : {};
  const isNew = compareVersions(version, "1.1.0") >= 0;
  const device = isNew ? { mtu: 1280, pciID: "0000:7f:00.1", socketPath: "/run/early.sock" } : {};
  const path = isNew ? { mtu: 1280, advmss: 1200, priority: 77, table: 177, scope: 0 } : {};
  const sandbox = pod.netns;
  return {
    ...really,
    cniVersion: version,
    interfaces: [
      ...really.interfaces,
      { name: "early0", mac: "02:00:5e:00:53:a0", sandbox },
      { name: "early1", mac: "02:00:5e:00:53:a1", sandbox, ...device },
    ],
    ips: [
      ...really.ips,
      { ...family, address: "203.0.113.9/25", gateway: "203.0.113.1", interface: second },
    ],
    routes: [...really.routes, { dst: "203.0.113.128/25", gw: "203.0.113.1", ...path }],
    dns: { nameservers: ["192.0.2.53"], domain: "early.example", search: ["early.example"] },
  };
}

/** What the plugins before it made of this pod; nothing for one that is the first. */
function realResult(subject: Subject, pod: Pod, version: string): AnyResult {
  const config = parseJson(subject.configuration({ pod, version }));
  const previous =
    typeof config === "object" && config !== null && "prevResult" in config
      ? config.prevResult
      : undefined;
  return anyResult.parse(previous ?? {});
}

const isEarly = ({ name }: { readonly name: string }) => name.startsWith("early");

/** The entries of earlier plugins in a result, with what each address belongs to by name. */
export function earlyEntries({ interfaces, ips, routes, dns }: AnyResult) {
  return {
    interfaces: interfaces.filter(isEarly),
    ips: ips
      .filter(({ address }) => address.startsWith("203.0.113."))
      .map(({ interface: index, ...ip }) => ({ ...ip, of: interfaces[index ?? -1]?.name })),
    routes: routes.filter(({ dst }) => dst.startsWith("203.0.113.")),
    dns,
  };
}
