/** Sandbox of the container's interface is the CNI_NETNS string, however that names the namespace. */
import { resultFaults } from "../../../../spec/result-rules.ts";
import { given } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import { lookAtResults } from "../../look-at-results.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const res05: RequirementCheck = {
  id: "RES-05",
  level: "SHOULD",
  section: "5 ADD Success",
  title:
    "sandbox of the container's interface is the CNI_NETNS string, however that names the namespace",
  async run(subject: Subject, t: Judge) {
    await lookAtResults(subject, t, { rule: "RES-05" });
    const pod = await subject.pod(t);
    const netns = `${subject.node.paths.run}/link-to-${pod.name}`;
    await subject.node.host.exec(["ln", "-s", pod.netns, netns]);
    t.cleanup(() => subject.node.host.exec(["rm", "-f", netns]));
    const called = await subject.call(t, "ADD", { pod, environment: { CNI_NETNS: netns } });
    const document = given(t, called, "ADD with a CNI_NETNS that is a symbolic link");
    const context = { version: subject.newest, ifname: "eth0", netns };
    const faults = resultFaults(document, context).filter(({ rule }) => rule === "RES-05");
    t.equal(faults, [], "sandbox should be the string, not what it resolves to");
  },
};
