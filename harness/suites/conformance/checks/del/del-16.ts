/** DEL releases everything where CNI_ARGS comes in another order and CNI_PATH has changed. */
import { given, mustBecome, mustSucceed } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

/** as a container runtime of Kubernetes gives them */
const pairs = [
  "IgnoreUnknown=1",
  "K8S_POD_NAMESPACE=default",
  "K8S_POD_NAME=web-0",
  "K8S_POD_UID=9f0c2a5e-0000-4000-8000-000000000001",
];

export const del16: RequirementCheck = {
  id: "DEL-16",
  level: "IMPL",
  section: "0.4.0 DEL",
  title: "DEL releases everything where CNI_ARGS comes in another order and CNI_PATH has changed",
  async run(subject: Subject, t: Judge) {
    const before = await subject.state();
    const pod = await subject.pod(t);
    const CNI_ARGS = pairs.join(";");
    given(t, await subject.call(t, "ADD", { pod, environment: { CNI_ARGS } }), "ADD with CNI_ARGS");
    const environment = {
      CNI_ARGS: pairs.toReversed().join(";"),
      CNI_PATH: ["/nowhere/cni", ...subject.plugin.cniPath].join(":"),
    };
    const what = "DEL with other CNI_ARGS and CNI_PATH";
    mustSucceed(t, await subject.call(t, "DEL", { pod, environment }), what);
    await mustBecome(t, subject, { state: before, what });
  },
};
