/** ADDs of different containers at the same time all succeed, with different addresses. */
import type { CheckContext } from "../../../core/check.ts";
import { anyResult, containerAddresses } from "../../../spec/result.ts";
import { mustBecome, mustSucceed } from "../expect.ts";
import type { SmokeCheck } from "../smoke-check.ts";
import type { Subject } from "../subject.ts";

const side = 6;

export const lif01: SmokeCheck = {
  id: "LIF-01",
  level: "MUST",
  section: "3 Lifecycle",
  title: "ADDs of different containers at the same time all succeed, with different addresses",
  async run(subject: Subject, t: CheckContext) {
    const before = await subject.state();
    const pods = await Promise.all(Array.from({ length: side }, () => subject.pod(t)));
    const added = await Promise.all(
      pods.map(async (pod) =>
        mustSucceed(t, await subject.call(t, "ADD", { pod }), `ADD of ${pod.name}`),
      ),
    );
    const addresses = added.flatMap((result) =>
      containerAddresses(anyResult.parse(result), "eth0"),
    );
    t.equal([...new Set(addresses)], addresses, "no address should be given twice");
    await Promise.all(
      pods.map(async (pod) =>
        mustSucceed(t, await subject.call(t, "DEL", { pod }), `DEL of ${pod.name}`),
      ),
    );
    await mustBecome(t, subject, { state: before, what: `${side} ADDs and DELs side by side` });
  },
};
