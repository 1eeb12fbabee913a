/** A code 4 is of use only with the name of the variable that is wrong. */
import type { Judge } from "../../judge.ts";
import { anyRole, type RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

const bad: Readonly<Record<string, string>> = {
  CNI_COMMAND: "FROB",
  CNI_CONTAINERID: "-a",
  CNI_IFNAME: "a/b",
};

export const err08: RequirementCheck = {
  id: "ERR-08",
  level: "MUST",
  section: "5 code 4",
  title: "the message of code 4 names the variable that is missing or wrong",
  since: "1.0.0",
  roles: anyRole,
  readings: ["strict", "skel"],
  async run(subject: Subject, t: Judge) {
    const pod = await subject.pod(t);
    for (const [name, value] of Object.entries(bad)) {
      for (const given of [undefined, value]) {
        if (name === "CNI_COMMAND" && given === undefined) continue;
        const called = await subject.call(t, "ADD", { pod, environment: { [name]: given } });
        const { answer } = called;
        // That it should be code 4 is said by PRO-07, PRO-08, PRO-14 and PRO-15.
        if (answer.kind === "success" || answer.code !== 4) continue;
        const text = `${answer.msg} ${answer.details ?? ""}`;
        const how = given === undefined ? "without it" : `for "${given}"`;
        const message = `the message ${how} should name ${name}, it says: ${answer.msg}`;
        // skel names what is missing, but says "containerID" and "interface name" of what is wrong.
        t.against(
          given === undefined ? ["strict", "skel"] : ["strict"],
          text.includes(name),
          message,
        );
      }
    }
  },
};
