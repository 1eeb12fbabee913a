/**
 * Where a packet was seen last: counters in every place on its way, one more packet, and what the counters say. Nothing here
 * knows a dataplane: places that netfilter does not see (a port's own namespace) are between two that it does.
 */
import { randomBytes } from "node:crypto";
import type { Node, Place } from "../../core/backend.ts";
import type { Family, Protocol } from "../../core/cell.ts";
import type { CheckContext } from "../../core/check.ts";
import { type Shot, shoot } from "./peers.ts";
import type { Ends } from "./plane.ts";

type Hook = "PREROUTING" | "INPUT" | "POSTROUTING";
type Way = "request" | "answer";

export interface Step {
  readonly place: Place;
  readonly way: Way;
  readonly hook: Hook;
  readonly verb: string;
}

export type Probe = Shot & { readonly family: Family };

/** In words: "the request was last seen arriving in node1/dpu; there `ip route get 10.244.2.3` says: …" */
export async function whereLost(
  t: CheckContext,
  { from, to, nodes }: Ends & { readonly nodes: readonly Node[] },
  probe: Probe,
): Promise<string> {
  const { family, protocol, host } = probe;
  const [source, backend] = [from.addresses[family], to.backend.addresses[family]];
  if (source === undefined || backend === undefined) return "nothing says which way it goes";
  const steps = stepsOf({ from, to }, nodes);
  const places = [...new Set(steps.map(({ place }) => place))];
  const mark = `dnc-${randomBytes(4).toString("hex")}`;
  const rules = rulesOf({ mark, source, protocol, family, ends: [...new Set([host, backend])] });
  const refused = (await Promise.all(places.map((at) => edit(at, "-A", rules, family)))).find(
    (reason) => reason !== undefined,
  );
  try {
    if (refused !== undefined) return `where it was lost is not known: ${refused}`;
    await shoot(from, to, probe);
    const seen = new Map(
      await Promise.all(places.map(async (at) => [at, await counted(at, mark, family)] as const)),
    );
    const counts = steps.map(({ place, way, hook }) => seen.get(place)?.get(`${way} ${hook}`) ?? 0);
    const lines = steps.map(
      ({ place, way, verb }, i) => `${way} ${verb} ${place.name}: ${counts[i]}`,
    );
    t.evidence({
      kind: "text",
      title: "packets of one more try, by place",
      text: lines.join("\n"),
    });
    return await verdict(steps, counts, { host, backend, source });
  } finally {
    await Promise.all(places.map((at) => edit(at, "-D", rules, family)));
  }
}

/** Every place on the way there, and back. */
function stepsOf({ from, to }: Ends, nodes: readonly Node[]): readonly Step[] {
  const isOffload = nodes.length > 1;
  const cards = [from.node, to.backend.node].flatMap((node) => node ?? []);
  const between = isOffload ? cards.map(({ dpu }) => dpu) : cards.map(({ host }) => host);
  const ends = [from.place, to.backend.place];
  const middle = [...new Set(between)].filter((place) => !ends.includes(place));
  const way = (places: readonly Place[], one: Way): readonly Step[] =>
    places.flatMap((place, i): readonly Step[] => {
      const arriving = { place, way: one, hook: "PREROUTING", verb: "arriving in" } as const;
      const leaving = { place, way: one, hook: "POSTROUTING", verb: "leaving" } as const;
      if (i === 0) return [leaving];
      if (i < places.length - 1) return [arriving, leaving];
      return [arriving, { place, way: one, hook: "INPUT", verb: "taken in by" }];
    });
  const there = [from.place, ...middle, to.backend.place];
  return [...way(there, "request"), ...way(there.toReversed(), "answer")];
}

/** @param counts of each step */
export async function verdict(
  steps: readonly Step[],
  counts: readonly number[],
  about: { readonly host: string; readonly backend: string; readonly source: string },
): Promise<string> {
  const last = counts.findLastIndex((count) => count > 0);
  const seen = steps[last];
  if (seen === undefined) {
    const first = steps[0];
    return `the request never left ${first?.place.name}; ${await routeWords(first?.place, about.host)}`;
  }
  if (last === steps.length - 1) return "the answer to one more try came back";
  const { place, way, hook, verb } = seen;
  const words = `the ${way} was last seen ${verb} ${place.name}`;
  if (hook === "INPUT") return `${words}, and no answer left it`;
  if (hook === "POSTROUTING")
    return `${words}, and never ${steps[last + 1]?.verb} ${steps[last + 1]?.place.name}`;
  const goal = way === "answer" ? about.source : about.host;
  return `${words}, and did not go on; ${await routeWords(place, goal)}`;
}

async function routeWords(place: Place | undefined, address: string): Promise<string> {
  const got = await place?.exec(["ip", "route", "get", address]);
  const said = (got?.stdout.trim() || got?.stderr.trim() || "nothing").split("\n")[0];
  return `there \`ip route get ${address}\` says: ${said}`;
}

interface Matched {
  readonly mark: string;
  readonly source: string;
  readonly protocol: Protocol;
  readonly family: Family;
  /** what the target is called before and after translation */
  readonly ends: readonly string[];
}

function rulesOf({ mark, source, protocol, family, ends }: Matched): readonly string[] {
  const word = protocol === "icmp" && family === 6 ? "ipv6-icmp" : protocol;
  return ends.flatMap((end) =>
    (["PREROUTING", "INPUT", "POSTROUTING"] as const).flatMap((hook) => [
      `${hook} -s ${source} -d ${end} -p ${word} -m comment --comment "${mark} request ${hook}"`,
      `${hook} -s ${end} -d ${source} -p ${word} -m comment --comment "${mark} answer ${hook}"`,
    ]),
  );
}

/** Why not, in one line. */
async function edit(
  place: Place,
  verb: "-A" | "-D",
  rules: readonly string[],
  family: Family,
): Promise<string | undefined> {
  const command = family === 4 ? "iptables-restore" : "ip6tables-restore";
  const stdin = ["*mangle", ...rules.map((rule) => `${verb} ${rule}`), "COMMIT", ""].join("\n");
  const ran = await place.exec([command, "--noflush"], { stdin });
  if (ran.exitCode === 0) return undefined;
  return `${command} in ${place.name}: ${ran.stderr.trim().split("\n")[0]}`;
}

async function counted(
  place: Place,
  mark: string,
  family: Family,
): Promise<ReadonlyMap<string, number>> {
  const command = family === 4 ? "iptables-save" : "ip6tables-save";
  const { stdout } = await place.exec([command, "-c", "-t", "mangle"]);
  const counts = new Map<string, number>();
  for (const line of stdout.split("\n")) {
    const [, packets, what] = new RegExp(`^\\[(\\d+):.*"${mark} (\\w+ \\w+)"`).exec(line) ?? [];
    if (what !== undefined) counts.set(what, (counts.get(what) ?? 0) + Number(packets));
  }
  return counts;
}
