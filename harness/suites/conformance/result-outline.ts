/** What two results of the same call have in common when each got addresses and names of its own. */
import { parseCidr } from "../../spec/cidr.ts";
import { mustSucceed } from "./expect.ts";
import type { Judge } from "./judge.ts";
import type { Called } from "./plugin-call.ts";
import { readable } from "./readable.ts";

export interface ResultOutline {
  readonly cniVersion: string | undefined;
  /** "eth0 in a sandbox", or "on the host" without a name, which may be made up for each call */
  readonly interfaces: readonly string[];
  /** "IPv4/24 of interface 2" */
  readonly ips: readonly string[];
  readonly routes: readonly string[];
}

/** Of an ADD that must succeed. */
export function mustOutline(t: Judge, called: Called, what: string): ResultOutline {
  const document = mustSucceed(t, called, what);
  const { cniVersion, interfaces, ips, routes } = readable(t, document);
  return {
    cniVersion,
    interfaces: interfaces.map(({ name, sandbox }) =>
      sandbox ? `${name} in a sandbox` : "on the host",
    ),
    ips: ips.map((entry) => {
      const cidr = parseCidr(entry.address);
      return `IPv${cidr?.family}/${cidr?.prefix} of interface ${entry.interface ?? "-"}`;
    }),
    routes: routes.map(({ dst }) => dst),
  };
}
