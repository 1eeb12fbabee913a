/** DEL leaves the network namespace to the runtime. */
import { stat } from "node:fs/promises";
import { given } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const del19: RequirementCheck = {
  id: "DEL-19",
  level: "IMPL",
  section: "3",
  title: "DEL leaves the network namespace to the runtime",
  async run(subject: Subject, t: Judge) {
    const pod = await subject.pod(t);
    const inode = async () => (await stat(pod.netns).catch(() => undefined))?.ino;
    const before = await inode();
    given(t, await subject.call(t, "ADD", { pod }), "ADD");
    given(t, await subject.call(t, "DEL", { pod }), "DEL");
    t.equal(await inode(), before, "the inode at CNI_NETNS after DEL");
  },
};
