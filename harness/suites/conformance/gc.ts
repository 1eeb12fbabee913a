/** Attachments in a network of their own for the checks of GC, which must not collect what other checks share. */
import type { Pod } from "../../core/backend.ts";
import type { CheckContext } from "../../core/check.ts";
import { gcKeys, type ValidAttachment } from "../../runtime/derive.ts";
import { ipFacts } from "../ip-facts.ts";
import { mustSucceed } from "./expect.ts";
import type { Called } from "./plugin-call.ts";
import type { Subject } from "./subject.ts";

export interface Attached {
  readonly pod: Pod;
  readonly network: string;
  readonly ifname: string;
  readonly result: unknown;
}

export const gcNetwork = "gcnet";

export async function attach(
  subject: Subject,
  t: CheckContext,
  at: { readonly network?: string; readonly ifname?: string; readonly pod?: Pod } = {},
): Promise<Attached> {
  const { network = gcNetwork, ifname = "eth0" } = at;
  const pod = at.pod ?? (await subject.pod(t));
  t.cleanup(() => subject.quietCall("DEL", { pod, network, ifname }));
  const called = await subject.call(t, "ADD", { pod, network, ifname });
  const result = mustSucceed(t, called, `ADD of ${ifname} in ${network}`);
  return { pod, network, ifname, result };
}

export function entry({ pod, ifname }: Attached): ValidAttachment {
  return { containerID: pod.containerId, ifname };
}

/** As libcni calls it; `keys` default to both. */
export function gc(
  subject: Subject,
  t: CheckContext,
  list: {
    readonly valid: readonly ValidAttachment[] | null;
    readonly network?: string;
    readonly keys?: readonly string[];
  },
): Promise<Called> {
  const { valid, network = gcNetwork, keys = gcKeys } = list;
  const config = Object.fromEntries(keys.map((key) => [key, valid]));
  return subject.call(t, "GC", { network, config });
}

/** Whether the attachment's interface is in its pod. */
export async function isThere({ pod, ifname }: Attached): Promise<boolean> {
  return (await ipFacts(pod.place)).links.some(({ name }) => name === ifname);
}

export async function mustBeThere(
  t: CheckContext,
  attached: Attached,
  expected: { readonly there: boolean; readonly what: string },
): Promise<void> {
  const is = await isThere(attached);
  const { ifname, pod } = attached;
  const should = expected.there ? "keep" : "release";
  t.must(
    is === expected.there,
    `${expected.what} should ${should} ${ifname} of ${pod.name}, it is ${is ? "still there" : "gone"}`,
  );
}
