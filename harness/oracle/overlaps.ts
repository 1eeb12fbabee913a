/** What must not be so even for an instant, in the middle of whatever goes on: two owners of one VF, one address twice. */
import type { NodeView, Violation } from "./oracle.ts";

export function overlaps(view: NodeView, pristine: NodeView): readonly Violation[] {
  return [
    ...sharedVfs(view),
    ...sharedAddresses(view),
    ...freeYetUsed(view),
    ...freeYetTaken(view, pristine),
  ];
}

/** The next ADD would get a VF that is in somebody's pod, or that somebody's port still has. */
function freeYetUsed({ vfs, ports, told }: NodeView): readonly Violation[] {
  return vfs
    .filter(({ pciAddress }) => told.host?.free.includes(pciAddress))
    .flatMap(({ pciAddress, id, where }) => {
      const port = ports.find(({ vf }) => vf === id);
      const uses = [
        ...(where === "home" ? [] : [`it is ${where === "nowhere" ? where : `in ${where}`}`]),
        ...(port === undefined ? [] : [`the DPU has port ${port.key} (${port.phase}) on it`]),
      ];
      return uses.map((use) => ({
        invariant: "I1" as const,
        message: `VF ${pciAddress} is free by the daemon's word, but ${use}`,
      }));
    });
}

/** The next ADD could get an address that a pod has, or whose packets go to somebody. */
function freeYetTaken({ representors, vfs, told }: NodeView, pristine: NodeView) {
  const [free, all] = [told.dpu?.freeIpv4, pristine.told.dpu?.freeIpv4];
  if (free === undefined || all === undefined) return [];
  const routed = representors.flatMap(({ routes }) => routes);
  const inPods = vfs.flatMap(({ link }) => link?.addresses ?? []);
  const taken = [...new Set([...routed, ...inPods])].filter((cidr) => cidr.endsWith("/32")).sort();
  if (all - free >= taken.length) return [];
  const message = `the DPU counts ${all - free} of ${all} IPv4 addresses as taken; routed or in pods are ${taken.join(", ")}`;
  return [{ invariant: "I2", message } as const];
}

function sharedVfs({ attachments, ports }: NodeView): readonly Violation[] {
  const owners = [
    ...duplicates(attachments, ({ pciAddress }) => [pciAddress]).map(
      ({ what, by }) =>
        `VF ${what} has ${by.length} owners on the host: ${by.map(({ key, phase }) => `${key} (${phase})`).join(", ")}`,
    ),
    ...duplicates(ports, ({ vf }) => [vf]).map(
      ({ what, by }) =>
        `VF ${what} has ${by.length} owners on the DPU: ${by.map(({ key, phase }) => `${key} (${phase})`).join(", ")}`,
    ),
  ];
  return owners.map((message) => ({ invariant: "I1", message }));
}

function sharedAddresses({ attachments, ports, pods, representors }: NodeView) {
  const ready = ports.filter(({ phase }) => phase === "ready");
  const issued = [
    ...duplicates(ready, ({ addresses }) => addresses).map(
      ({ what, by }) => `${what} is issued on the DPU to ${by.map(({ key }) => key).join(" and ")}`,
    ),
    ...duplicates(attachments, ({ addresses }) => addresses).map(
      ({ what, by }) =>
        `${what} is recorded on the host for ${by.map(({ key }) => key).join(" and ")}`,
    ),
    ...duplicates(pods, ({ addresses }) => addresses).map(
      ({ what, by }) => `${what} is in the pods ${by.map(({ netns }) => netns).join(" and ")}`,
    ),
    ...duplicates(representors, ({ routes }) => routes).map(
      ({ what, by }) => `${what} leads to ${by.map(({ name }) => name).join(" and ")} on the DPU`,
    ),
    // A pod that still has an address which the DPU has given to another attachment.
    ...ready.flatMap((port) => {
      const own = attachments.find(({ key }) => key === port.key)?.netns;
      return pods
        .filter(({ netns, addresses }) => {
          return netns !== own && addresses.some((one) => port.addresses.includes(one));
        })
        .map(
          ({ netns }) =>
            `${port.addresses.join(" ")} is issued on the DPU to ${port.key}, and the pod ${netns} has it`,
        );
    }),
  ];
  return issued.map((message): Violation => ({ invariant: "I2", message }));
}

function duplicates<T>(
  all: readonly T[],
  valuesOf: (one: T) => readonly string[],
): readonly { readonly what: string; readonly by: readonly T[] }[] {
  const owners = new Map<string, T[]>();
  for (const one of all)
    for (const value of new Set(valuesOf(one)))
      owners.set(value, [...(owners.get(value) ?? []), one]);
  return [...owners].filter(([, by]) => by.length > 1).map(([what, by]) => ({ what, by }));
}
