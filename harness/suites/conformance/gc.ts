/** Attachments in a network of their own for the checks of GC, which must not collect what other checks share. */
import type { CheckContext } from "../../core/check.ts";
import { gcKeys, type ValidAttachment } from "../../runtime/derive.ts";
import { ipFacts } from "../ip-facts.ts";
import { type AttachAt, type Attached, attach } from "./attached.ts";
import type { Called } from "./plugin-call.ts";
import type { Subject } from "./subject.ts";

export const gcNetwork = "gcnet";

export function attachForGc(
  subject: Subject,
  t: CheckContext,
  at: AttachAt = {},
): Promise<Attached> {
  return attach(subject, t, { network: gcNetwork, ...at });
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
