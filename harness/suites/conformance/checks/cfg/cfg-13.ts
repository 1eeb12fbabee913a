/** What the runtimes of Kubernetes put into CNI_ARGS, in any order, whole or with parts missing. */
import { mustSucceed } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import { anyRole, type RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

const names = ["K8S_POD_NAMESPACE=default", "K8S_POD_NAME=web-0"];
const infra = `K8S_POD_INFRA_CONTAINER_ID=${"0123456789abcdef".repeat(4)}`;
const uid = "K8S_POD_UID=7d3c8bd0-6d4f-4c5e-9f39-5d1f2d6f0a11";
const lists = [
  ["IgnoreUnknown=1", ...names, infra, uid],
  [uid, infra, ...names.toReversed(), "IgnoreUnknown=true"],
  ["IgnoreUnknown=True", ...names, infra],
  [...names, "IgnoreUnknown=1", infra, uid, "K8S_POD_TO_COME=x"],
  ["IgnoreUnknown=0"],
  ["IgnoreUnknown=false"],
];

export const cfg13: RequirementCheck = {
  id: "CFG-13",
  level: "IMPL",
  section: "2 Parameters",
  title: "what the runtimes of Kubernetes send in CNI_ARGS is taken in any order",
  roles: anyRole,
  async run(subject: Subject, t: Judge) {
    for (const list of lists) {
      const pod = await subject.pod(t);
      const CNI_ARGS = list.join(";");
      const options = { pod, environment: { CNI_ARGS } };
      for (const verb of ["ADD", "DEL"] as const) {
        const called = await subject.call(t, verb, options);
        mustSucceed(t, called, `${verb} with CNI_ARGS "${CNI_ARGS}"`);
      }
    }
  },
};
