/** Throws unless the plugins gave what was asked of them: a MAC, and the addresses of a port that comes back. */
import type { PortSetting } from "../../dataplane.ts";
import type { Wishes } from "./wishes.ts";

export function mustHonour(
  setting: PortSetting,
  { mac }: Wishes,
  ips: readonly string[] | undefined,
): void {
  if (mac !== undefined && setting.mac !== mac) {
    throw new Error(
      `MAC ${mac} was asked, the plugins gave ${setting.mac}; one of them needs the capability "mac"`,
    );
  }
  const given = setting.addresses.map(({ address }) => address);
  const missing = ips?.find((address) => !given.includes(address));
  if (missing === undefined) return;
  throw new Error(
    `the port had ${ips?.join(", ")}, after its namespace was lost the plugins give ${given.join(", ")}; delete the pod`,
  );
}
