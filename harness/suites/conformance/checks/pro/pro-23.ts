/** Stdin is one JSON document whatever its layout, read to its end. */

import { mustSucceed } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const pro23: RequirementCheck = {
  id: "PRO-23",
  level: "IMPL",
  section: "2 Overview",
  title: "stdin is one JSON document whatever its layout, read to its end",
  async run(subject: Subject, t: Judge) {
    const plain = subject.configuration({});
    const turned = Object.fromEntries(Object.entries(JSON.parse(plain)).toReversed());
    const escaped = plain.replaceAll("net", "\\u006eet");
    const large = JSON.stringify({ args: { filler: "x".repeat(1_000_000) }, ...turned });
    const layouts = { turned: JSON.stringify(turned, null, 9), escaped, large };
    for (const [layout, stdin] of Object.entries(layouts)) {
      const pod = await subject.pod(t);
      mustSucceed(
        t,
        await subject.call(t, "ADD", { pod, stdin }),
        `ADD with a ${layout} configuration`,
      );
      mustSucceed(
        t,
        await subject.call(t, "DEL", { pod, stdin }),
        `DEL with a ${layout} configuration`,
      );
    }
  },
};
