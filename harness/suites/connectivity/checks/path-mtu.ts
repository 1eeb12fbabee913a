/** Where the path carries less than the pod's MTU, the pod is told so, and what it sends gets through all the same. */
import { z } from "zod";
import type { Check, CheckContext } from "../../../core/check.ts";
import { allPairs, attached, type Family, mustReach, podAttempt, skipNoPairs } from "../pairs.ts";
import { addressOf, type Population, skipFlat } from "../population.ts";

/** above the least that IPv6 asks of a link */
const narrowMtu = 1300;
const bytes = 256 * 1024;

const way = z.array(z.looseObject({ gateway: z.string().optional(), dev: z.string() })).min(1);

export function pathMtu(family: Family): Check<Population> {
  return {
    id: `path-mtu-ipv${family}`,
    title: `a pod hears over IPv${family} that the path carries less than its MTU, and its data arrives`,
    async run(population, t: CheckContext) {
      skipFlat(population, t);
      const [pair] = allPairs(attached(population, t), "across-nodes");
      if (pair === undefined) return skipNoPairs(t);
      const { from, to } = pair;
      const target = addressOf(to, family);
      t.must(target, `pod ${to.name} should have an address`);
      const { dpu } = from.node;
      const got = await dpu.exec(["ip", "-j", "route", "get", target]);
      t.equal(got.exitCode, 0, `${dpu.name} should have a way to ${target}`);
      const [{ gateway, dev } = { gateway: undefined, dev: "" }] = way.parse(
        JSON.parse(got.stdout),
      );
      const prefix = `${target}/${family === 4 ? 32 : 128}`;
      const via = gateway === undefined ? [] : ["via", gateway];
      const narrow = [prefix, ...via, "dev", dev, "mtu", String(narrowMtu)];
      t.cleanup(() => dpu.exec(["ip", "route", "del", prefix, "dev", dev]));
      // What it has learnt lasts ten minutes, longer than the detour that it learnt it by.
      t.cleanup(() => from.pod.place.exec(["ip", `-${family}`, "route", "flush", "cache"]));
      const made = await dpu.exec(["ip", "route", "replace", ...narrow]);
      t.equal(made.exitCode, 0, `a narrow way should be to be had: ${made.stderr.trim()}`);
      await mustReach(t, [podAttempt(pair, family)], ({ from: source, to: peer }, exchange) =>
        source.workload.tcp({ ...exchange, port: peer.workload.ports.tcp, bytes }),
      );
      const learnt = await from.pod.place.exec(["ip", "route", "get", target]);
      t.must(
        new RegExp(`\\bmtu ${narrowMtu}\\b`).test(learnt.stdout),
        `pod ${from.name} should have learnt that the path to ${target} carries ${narrowMtu} bytes: ${learnt.stdout.trim()}`,
      );
    },
  };
}
