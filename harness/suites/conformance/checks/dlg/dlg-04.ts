/** A delegate's stderr goes on to the plugin's own. */
import { mustSucceed } from "../../expect.ts";
import { ipamAnswer } from "../../ipam-answer.ts";
import { IpamDouble, refusal } from "../../ipam-double.ts";
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const dlg04: RequirementCheck = {
  id: "DLG-04",
  level: "SHOULD",
  section: "4",
  title: "A delegate's stderr goes on to the plugin's own",
  since: "1.0.0",
  needs: ["delegates"],
  async run(subject: Subject, t: Judge) {
    const double = await IpamDouble.place(subject, t);
    const [good, bad] = ["marker-of-a-good-delegate", "marker-of-a-failing-delegate"];
    await double.on("ADD", { stdout: await ipamAnswer(subject), stderr: good });
    const pod = await subject.pod(t);
    const added = await double.call(t, "ADD", { pod });
    mustSucceed(t, added, "ADD with a delegate that writes on stderr");
    t.must(!added.evidence.stdout.includes(good), "a delegate's stderr should not be on stdout");
    t.must(added.evidence.stderr.includes(good), "a delegate's stderr should be on the plugin's");
    await double.call(t, "DEL", { pod });
    await double.on("ADD", { ...refusal(105, "the delegate refuses"), stderr: bad });
    const failed = await double.call(t, "ADD", { pod });
    t.must(
      failed.evidence.stderr.includes(bad),
      "the stderr of a delegate that fails should be on the plugin's",
    );
  },
};
