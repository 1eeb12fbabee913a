/** State is kept per network, container and interface: a DEL for another network releases nothing. */
import { isDeepStrictEqual } from "node:util";
import { ipFacts } from "../../../ip-facts.ts";
import { difference, given, restingState } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const add09: RequirementCheck = {
  id: "ADD-09",
  level: "SHOULD",
  section: "0.4.0 General considerations",
  title:
    "state is kept per network, container and interface: a DEL for another network releases nothing",
  readings: ["strict"],
  async run(subject: Subject, t: Judge) {
    const pod = await subject.pod(t);
    given(t, await subject.call(t, "ADD", { pod }), "ADD");
    const inPod = await ipFacts(pod.place);
    const before = await subject.state();
    await subject.call(t, "DEL", { pod, network: "othernet" });
    const lines = difference(before, await restingState(subject));
    // What holds an address is the plugin's own record of it.
    const records = lines.filter((line) => line.startsWith("- file"));
    t.equal(records, [], "records of the first network after a DEL for another");
    // Plugins that keep no record of their own can but go by the interface's name.
    const untouched = lines.length === 0 && isDeepStrictEqual(await ipFacts(pod.place), inPod);
    t.against(["strict"], untouched, "the interface should stay after a DEL for another network");
  },
};
