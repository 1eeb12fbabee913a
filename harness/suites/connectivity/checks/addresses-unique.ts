/** No two pods of the world have an address in common, and each has one of each family. */
import type { Check, CheckContext } from "../../../core/check.ts";
import { parseCidr } from "../../../spec/cidr.ts";
import { containerAddresses } from "../../../spec/result.ts";
import { attached } from "../pairs.ts";
import type { Population } from "../population.ts";

export const addressesUnique: Check<Population> = {
  id: "addresses-unique",
  title: "each pod has an IPv4 and an IPv6 address that no other pod has",
  async run(population, t: CheckContext) {
    const owners = new Map<string, string>();
    for (const { name, result, ifname } of attached(population, t)) {
      const all = result === undefined ? [] : containerAddresses(result, ifname);
      const parsed = all.flatMap((text) => parseCidr(text) ?? []);
      for (const family of [4, 6]) {
        t.must(
          parsed.some((cidr) => cidr.family === family),
          `pod ${name} should have an IPv${family} address, its result has ${all.join(" ") || "none"}`,
        );
      }
      for (const { address } of parsed) {
        const owner = owners.get(address);
        t.must(owner === undefined, `${address} was given to pod ${owner} and to pod ${name}`);
        owners.set(address, name);
      }
    }
  },
};
