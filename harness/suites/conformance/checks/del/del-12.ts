/** DEL releases all that the container has in that network, and what it has in another stays. */
import { ipFacts } from "../../../ip-facts.ts";
import { given, mustBecome, mustSucceed } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const del12: RequirementCheck = {
  id: "DEL-12",
  level: "SHOULD",
  section: "0.4.0 DEL",
  title:
    "DEL releases all that the container has in that network, and what it has in another stays",
  async run(subject: Subject, t: Judge) {
    const before = await subject.state();
    const pod = await subject.pod(t);
    // The same container and interface in a namespace of its own, so that only the network tells them apart.
    const beside = { ...(await subject.pod(t)), containerId: pod.containerId };
    const network = "othernet";
    t.cleanup(() => subject.quietCall("DEL", { pod: beside, network }));
    const other = given(
      t,
      await subject.call(t, "ADD", { pod: beside, network }),
      "ADD in othernet",
    );
    const [kept, besideBefore] = [await subject.state(), await ipFacts(beside.place)];
    const { answer } = await subject.call(t, "ADD", { pod });
    if (answer.kind === "error") t.notApplicable(`it refuses one container twice: ${answer.msg}`);
    const own = answer.document;
    mustSucceed(t, await subject.call(t, "DEL", { pod, prevResult: own }), "DEL");
    await mustBecome(t, subject, { state: kept, what: "DEL in the one network" });
    t.equal(await ipFacts(beside.place), besideBefore, "the pod in the other network");
    const called = await subject.call(t, "DEL", { pod: beside, network, prevResult: other });
    mustSucceed(t, called, "DEL in othernet");
    await mustBecome(t, subject, { state: before, what: "DEL in both networks" });
  },
};
