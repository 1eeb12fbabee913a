/** The other capabilities: what a plugin declares it acts upon, what it does not declare cannot hurt. */
import { mustSucceed } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import { readable } from "../../readable.ts";
import { anyRole, type RequirementCheck } from "../../requirement-check.ts";
import { mustOutline } from "../../result-outline.ts";
import type { Subject } from "../../subject.ts";

const hostPort = 18_080;
const capabilityArguments: Readonly<Record<string, unknown>> = {
  portMappings: [{ hostPort, containerPort: 80, protocol: "tcp" }],
  dns: { servers: ["192.0.2.53"], searches: ["example.org"], options: ["ndots:2"] },
  aliases: ["web"],
  cgroupPath: "/kubepods/pod1",
  infinibandGUID: "02:00:00:00:00:00:00:42",
};

async function isForwarded({ node }: Subject): Promise<boolean> {
  const show = "iptables-save; nft list ruleset";
  const ran = await Promise.all(
    [node.host, node.dpu].map((place) => place.exec(["sh", "-c", show])),
  );
  return ran.some(({ stdout }) => new RegExp(`\\b${hostPort}\\b`).test(stdout));
}

async function mustActOn(subject: Subject, t: Judge, name: "portMappings" | "dns") {
  const pod = await subject.pod(t);
  const options = { pod, config: { runtimeConfig: { [name]: capabilityArguments[name] } } };
  const document = mustSucceed(t, await subject.call(t, "ADD", options), `ADD with ${name}`);
  if (name === "dns") {
    const servers = readable(t, document).dns?.nameservers;
    t.equal(servers, ["192.0.2.53"], "dns of the result should be what was asked for");
  } else {
    t.must(await isForwarded(subject), `a rule should forward port ${hostPort}, there is none`);
  }
  mustSucceed(t, await subject.call(t, "DEL", options), `DEL with ${name}`);
}

export const cfg11: RequirementCheck = {
  id: "CFG-11",
  level: "MAY",
  section: "3",
  title: "a declared capability is acted upon, an undeclared one does no harm",
  since: "0.3.0",
  roles: anyRole,
  async run(subject: Subject, t: Judge) {
    const claims = subject.plugin.claims ?? [];
    const runtimeConfig = Object.fromEntries(
      Object.entries(capabilityArguments).filter(([name]) => !claims.includes(name)),
    );
    const pod = await subject.pod(t);
    const usual = mustOutline(t, await subject.call(t, "ADD", { pod }), "ADD");
    mustSucceed(t, await subject.call(t, "DEL", { pod }), "DEL");
    const options = { pod: await subject.pod(t), config: { runtimeConfig } };
    const what = `ADD with ${Object.keys(runtimeConfig).join(", ")}, none of them declared,`;
    const outline = mustOutline(t, await subject.call(t, "ADD", options), what);
    t.equal(outline, usual, `${what} should give the usual result`);
    mustSucceed(t, await subject.call(t, "DEL", options), "DEL with the same");
    for (const name of ["portMappings", "dns"] as const) {
      if (claims.includes(name)) await mustActOn(subject, t, name);
    }
  },
};
