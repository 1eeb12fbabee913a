/** GC is about a network, not about one attachment: it needs the command and the path to its delegates. */
import { mustSucceed } from "../../expect.ts";
import { gcNetwork } from "../../gc.ts";
import type { Judge } from "../../judge.ts";
import { anyRole, type RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

const strays: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  no: {},
  empty: { CNI_CONTAINERID: "", CNI_NETNS: "", CNI_IFNAME: "" },
  odd: { CNI_CONTAINERID: "../-", CNI_NETNS: "nowhere", CNI_IFNAME: "a/b:c d" },
};

export const pro12: RequirementCheck = {
  id: "PRO-12",
  level: "MUST",
  section: "2 GC",
  title: "GC needs CNI_COMMAND and CNI_PATH only",
  since: "1.1.0",
  roles: anyRole,
  readings: ["strict", "skel"],
  async run(subject: Subject, t: Judge) {
    const config = { "cni.dev/valid-attachments": [], "cni.dev/attachments": [] };
    const options = { network: gcNetwork, config };
    for (const [how, environment] of Object.entries(strays)) {
      const called = await subject.call(t, "GC", { ...options, environment });
      mustSucceed(t, called, `GC with ${how} variables of an attachment`);
    }
    const environment = { CNI_PATH: undefined };
    const called = await subject.call(t, "GC", { ...options, environment });
    // No runtime leaves it out.
    const isRefused = called.answer.kind === "error" && called.answer.code === 4;
    t.against(["strict", "skel"], isRefused, "GC without CNI_PATH should fail with code 4");
  },
};
