/** Addresses that the plugin can give and nobody has: what checks ask for by name. */
import { parseCidr } from "../../spec/cidr.ts";
import { mustSucceed } from "./expect.ts";
import type { Judge } from "./judge.ts";
import { readable } from "./readable.ts";
import type { Subject } from "./subject.ts";

export interface OtherAddresses {
  /** not the one that the next pod would get */
  readonly first: string;
  readonly second: string;
  readonly prefix: number;
}

/** Two that pods had just now; IPv4. */
export async function otherAddresses(subject: Subject, t: Judge): Promise<OtherAddresses> {
  const pods = [await subject.pod(t), await subject.pod(t)];
  const given = [];
  for (const pod of pods) {
    const { ips } = readable(t, mustSucceed(t, await subject.call(t, "ADD", { pod }), "ADD"));
    given.push(ips.map((ip) => parseCidr(ip.address)).find((ip) => ip?.family === 4));
  }
  for (const pod of pods) mustSucceed(t, await subject.call(t, "DEL", { pod }), "DEL");
  const [second, first] = given;
  const { name } = subject.plugin;
  if (first === undefined || second === undefined) t.notApplicable(`${name} gives no IPv4 address`);
  if (first.address === second.address) t.notApplicable(`${name} gives the same to everyone`);
  return { first: first.address, second: second.address, prefix: first.prefix };
}
