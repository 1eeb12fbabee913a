/** A capability argument that was asked for and makes no sense is an error, not something to overlook. */
import { mustFail, mustLeaveUnchanged } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import { anyRole, type RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

const senseless: Readonly<Record<string, readonly unknown[]>> = {
  deviceID: [5, ["0000:03:00.1"]],
  mac: [5, "zz:00:00:00:00:01"],
  ips: ["10.0.0.1", ["10.0.0.256/24"]],
  bandwidth: ["fast", { ingressRate: -1, ingressBurst: 1, egressRate: 1, egressBurst: 1 }],
  portMappings: ["80", [{ hostPort: 80, containerPort: -1, protocol: "tcp" }]],
  dns: [5],
};

export const cfg06: RequirementCheck = {
  id: "CFG-06",
  level: "SHOULD",
  section: "3",
  title: "a malformed capability argument is code 7 and has no effect",
  since: "0.3.0",
  roles: anyRole,
  readings: ["strict"],
  async run(subject: Subject, t: Judge) {
    const claims = subject.plugin.claims ?? [];
    const claimed = Object.entries(senseless).filter(([name]) => claims.includes(name));
    if (claimed.length === 0) t.notApplicable(`${subject.plugin.name} claims no capability`);
    const pod = await subject.pod(t);
    await mustLeaveUnchanged(t, subject, {
      what: "ADD with a malformed capability argument",
      async work() {
        for (const [name, values] of claimed) {
          for (const value of values) {
            const config = { runtimeConfig: { [name]: value } };
            const called = await subject.call(t, "ADD", { pod, config });
            const what = `ADD with ${name} ${JSON.stringify(value)}`;
            mustFail(t, called, { what });
            const code = called.answer.kind === "error" ? called.answer.code : 0;
            // A wrong type may be seen while decoding; the reference plugins have one code for everything.
            t.against(["strict"], [6, 7].includes(code), `${what} should be code 7, it is ${code}`);
          }
        }
      },
    });
  },
};
