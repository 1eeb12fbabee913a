/** A configuration that decodes but cannot be used. */
import { mustFail, mustLeaveUnchanged } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import { anyRole, type RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const pro20: RequirementCheck = {
  id: "PRO-20",
  level: "MUST",
  section: "5 code 7",
  title: "a configuration that decodes but is not valid is code 7",
  since: "1.0.0",
  roles: anyRole,
  async run(subject: Subject, t: Judge) {
    const pod = await subject.pod(t);
    // A wrong type may be seen while decoding.
    const bad: readonly (readonly [Record<string, unknown>, readonly number[]])[] = [
      [{ name: undefined }, [7]],
      [{ name: "" }, [7]],
      [{ name: 5 }, [6, 7]],
      ...("ipam" in JSON.parse(subject.configuration({}))
        ? [[{ ipam: "x" }, [6, 7]] as const]
        : []),
    ];
    await mustLeaveUnchanged(t, subject, {
      what: "an invalid configuration",
      async work() {
        for (const [config, codes] of bad) {
          const called = await subject.call(t, "ADD", { pod, config });
          const [[key, value] = []] = Object.entries(config);
          const how = value === undefined ? `no ${key}` : `${key} ${JSON.stringify(value)}`;
          mustFail(t, called, { what: `ADD with ${how}`, codes });
        }
      },
    });
  },
};
