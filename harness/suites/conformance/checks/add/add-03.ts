/** ADD of an interface that exists is an error and leaves that one alone. */

import { ipFacts } from "../../../ip-facts.ts";
import { mustFail, mustLeaveUnchanged } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const add03: RequirementCheck = {
  id: "ADD-03",
  level: "MUST",
  section: "2 ADD",
  title: "ADD of an interface that exists is an error and leaves that one alone",
  async run(subject: Subject, t: Judge) {
    const pod = await subject.pod(t);
    await pod.place.exec(["ip", "link", "add", "eth0", "type", "veth", "peer", "name", "other"]);
    await pod.place.exec(["ip", "address", "add", "192.0.2.1/24", "dev", "eth0"]);
    const before = await ipFacts(pod.place);
    t.must(
      before.links.some(({ name }) => name === "eth0"),
      "eth0 should be there before ADD",
    );
    await mustLeaveUnchanged(t, subject, {
      what: "ADD of an interface that exists",
      async work() {
        const called = await subject.call(t, "ADD", { pod });
        mustFail(t, called, { what: "ADD of an interface that exists" });
      },
    });
    t.equal(await ipFacts(pod.place), before, "the interface that was there should be as before");
  },
};
