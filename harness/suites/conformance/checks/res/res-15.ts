/** Each route of the result has one family and leaves through CNI_IFNAME. */
import { networkOf } from "../../../../spec/cidr.ts";
import type { Judge } from "../../judge.ts";
import { lookAtResults } from "../../look-at-results.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const res15: RequirementCheck = {
  id: "RES-15",
  level: "MUST",
  section: "0.4.0 Well-known structures: Routes",
  title: "each route of the result has one family and leaves through CNI_IFNAME",
  async run(subject: Subject, t: Judge) {
    await lookAtResults(subject, t, {
      rule: "RES-15",
      look({ version, result, inPod, ifname }) {
        for (const { dst } of result.routes) {
          const routes = inPod.routes.filter((route) => route.dst === networkOf(dst));
          // A route that is not there is RES-14's.
          if (routes.length === 0) continue;
          const through = routes.map(({ dev = "no device" }) => dev);
          t.must(
            through.includes(ifname),
            `route ${dst} of the result for ${version} should leave through ${ifname}, it leaves through ${through.join(", ")}`,
          );
        }
      },
    });
  },
};
