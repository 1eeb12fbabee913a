/** A delegate gets all the environment that the plugin got. */
import { mustSucceed } from "../../expect.ts";
import { IpamDouble } from "../../ipam-double.ts";
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const dlg02: RequirementCheck = {
  id: "DLG-02",
  level: "MUST",
  section: "4",
  title: "A delegate gets all the environment that the plugin got",
  since: "0.4.0",
  needs: ["delegates"],
  async run(subject: Subject, t: Judge) {
    const double = await IpamDouble.answering(subject, t);
    const pod = await subject.pod(t);
    const environment = {
      CNI_ARGS: "K8S_POD_NAME=marked;IgnoreUnknown=1",
      TRACEPARENT: "00-marked",
    };
    const called = await double.call(t, "ADD", { pod, environment });
    mustSucceed(t, called, "ADD with a delegate");
    const [call] = await double.calls();
    const sent = called.evidence.environment;
    const got = Object.fromEntries(
      Object.keys(sent).map((name) => [name, call?.environment[name]]),
    );
    t.equal(got, sent, "the delegate's environment");
  },
};
