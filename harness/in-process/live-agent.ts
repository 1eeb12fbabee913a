/** The agent of a node in this process: its ports and the routed dataplane, without a server. */

import { parseFormerSysctl } from "../../impl/dpu/dataplanes/former-sysctls.ts";
import { createRouted } from "../../impl/dpu/dataplanes/routed.ts";
import { routedShape } from "../../impl/dpu/dataplanes/routed-config.ts";
import { FormerRepresentors } from "../../impl/dpu/former-representors.ts";
import { testGuard } from "../../impl/dpu/guard/create-guard.ts";
import { parsePortRecord } from "../../impl/dpu/port-record.ts";
import { Ports } from "../../impl/dpu/ports.ts";
import { type Life, mortal } from "./life.ts";
import type { Site } from "./site.ts";

export interface LiveAgent {
  readonly life: Life;
  readonly ports: Ports;
}

const config = routedShape.parse({
  ...{ kind: "routed", uplink: "uplink0" },
  // Few IPv4 addresses, so that they are given again.
  ranges: ["10.244.1.0/28", "fd00:10:244:1::/64"],
});

/** As impl/dpu/agent.ts puts it together. */
export async function startAgent(site: Site, life: Life): Promise<LiveAgent> {
  const dataplane = await createRouted(config, {
    kernel: site.kernelOf("dpu", life),
    formerSysctls: mortal(site.disks.sysctls.store(parseFormerSysctl), life),
    guard: testGuard,
  });
  await dataplane.start();
  const ports = new Ports({
    store: mortal(site.disks.dpu.store(parsePortRecord), life),
    dataplane,
    representor: "rep{pf}v{vf}",
    formers: new FormerRepresentors(await site.kernelOf("dpu", life).open()),
    log: site.newLog("agent"),
  });
  await ports.restore();
  return { life, ports };
}
