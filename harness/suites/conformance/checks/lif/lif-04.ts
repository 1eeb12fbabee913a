/** Any sequence of ADDs and DELs does what each of them says, and the last DELs leave nothing. */
import type { Pod } from "../../../../core/backend.ts";
import { ipFacts } from "../../../ip-facts.ts";
import { mustBecome, mustFail, mustSucceed } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import { randomFrom } from "../../random-from.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

const steps = 12;

export const lif04: RequirementCheck = {
  id: "LIF-04",
  level: "IMPL",
  section: "3 Lifecycle",
  title:
    "any sequence of ADDs and DELs does what each of them says, and the last DELs leave nothing",
  async run(subject: Subject, t: Judge) {
    const before = await subject.state();
    const pods = [await subject.pod(t), await subject.pod(t)];
    const attached = new Set<Pod>();
    const next = randomFrom(t.seed);
    const done: string[] = [];
    for (let step = 0; step < steps; step++) {
      const number = next() < 0.5 ? 0 : 1;
      const [pod, verb] = [pods[number], next() < 0.5 ? "ADD" : "DEL"] as const;
      if (pod === undefined) continue;
      done.push(`${verb} ${number + 1}`);
      const what = `the last of ${done.join(", ")}`;
      const called = await subject.call(t, verb, { pod });
      if (verb === "ADD" && attached.has(pod)) mustFail(t, called, { what });
      // What DEL answers where nothing is attached is DEL-02's and DEL-04's.
      else if (verb === "ADD" || attached.has(pod)) mustSucceed(t, called, what);
      if (verb === "ADD") attached.add(pod);
      else attached.delete(pod);
      const links = (await ipFacts(pod.place)).links.map(({ name }) => name);
      t.equal(links.includes("eth0"), attached.has(pod), `eth0 is in its pod after ${what}`);
    }
    for (const pod of attached) {
      mustSucceed(t, await subject.call(t, "DEL", { pod }), "the last DEL");
    }
    await mustBecome(t, subject, { state: before, what: done.join(", ") });
  },
};
