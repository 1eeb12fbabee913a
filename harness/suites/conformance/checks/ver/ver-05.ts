/** VERSION is a probe of the executable: runtimes ask it at any time, also before the plugin could do anything. */
import { invoke } from "../../../../runtime/invoke.ts";
import { mustLeaveUnchanged, mustSucceed } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import { during, outageText } from "../../outages.ts";
import { anyRole, type RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

/** much longer than a probe takes, much shorter than any deadline in a plugin */
const quickMs = 2_000;

async function mustAnswer(subject: Subject, t: Judge, where: string) {
  const called = await subject.call(t, "VERSION", { environment: { CNI_PATH: undefined } });
  mustSucceed(t, called, `VERSION ${where}`);
  const { durationMs } = called.evidence;
  t.must(durationMs < quickMs, `VERSION ${where} should be quick, it took ${durationMs} ms`);
}

/** The same where there is no network: in the namespace of a pod without an interface. */
async function mustAnswerAlone(subject: Subject, t: Judge) {
  const pod = await subject.pod(t);
  const { executable } = subject;
  const environment = { CNI_COMMAND: "VERSION" };
  const stdin = JSON.stringify({ cniVersion: subject.newest });
  const invoked = await invoke(pod.place, { executable, environment, stdin, signal: t.signal });
  t.evidence(invoked.evidence);
  const called = await subject.read("VERSION", subject.newest, invoked);
  mustSucceed(t, called, "VERSION without a network");
}

export const ver05: RequirementCheck = {
  id: "VER-05",
  level: "IMPL",
  section: "2 VERSION",
  title: "VERSION answers quickly and changes nothing, without network, daemon or DPU",
  since: "0.2.0",
  roles: anyRole,
  async run(subject: Subject, t: Judge) {
    await mustLeaveUnchanged(t, subject, {
      what: "VERSION",
      work: () => mustAnswer(subject, t, "alone"),
    });
    await mustAnswerAlone(subject, t);
    // Without its daemon the plugin is without the DPU too.
    for (const outage of subject.outages.filter(({ name }) => name === "daemon")) {
      const work = () => mustAnswer(subject, t, `while ${outageText(outage)}`);
      await during(subject, t, { outage, work });
    }
  },
};
