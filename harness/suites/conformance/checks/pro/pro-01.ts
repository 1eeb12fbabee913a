/** The plugin is driven by environment and stdin alone: no argument, cwd /, only CNI_* and PATH set. */
import { ipFacts } from "../../../ip-facts.ts";
import { mustSucceed } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import { anyRole, type RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";
import { callThroughShell } from "../../through-shell.ts";

export const pro01: RequirementCheck = {
  id: "PRO-01",
  level: "MUST",
  section: "2 Overview",
  title:
    "the plugin is driven by environment and stdin alone: no argument, cwd /, only CNI_* and PATH set",
  roles: anyRole,
  async run(subject: Subject, t: Judge) {
    const pod = await subject.pod(t);
    const prevResult = mustSucceed(t, await subject.call(t, "ADD", { pod }), "ADD");
    if ((subject.plugin.role ?? "interface") === "interface") {
      const links = (await ipFacts(pod.place)).links.map(({ name }) => name);
      const { ifname } = subject;
      t.must(links.includes(ifname), `${ifname} should be in the pod, there is ${links.join(" ")}`);
    }
    mustSucceed(t, await subject.call(t, "DEL", { pod, prevResult }), "DEL");
    // A runtime's own directory and variables are no part of the call.
    const elsewhere = { pod, script: 'cd "$1" && HOME="$1" exec "$0"', argument: "/tmp" };
    const added = await callThroughShell(subject, t, "ADD", elsewhere);
    mustSucceed(t, added, "ADD by a caller in /tmp, with HOME set");
  },
};
