/** One VF against its owner, or against what a free one is: on the host, in the pod, and behind its representor. */
import type { AttachmentView, NodeView, RepresentorView, VfView, Violation } from "./oracle.ts";

/** Nobody's: at home, as before its first use, and dark on the DPU's side. */
export function judgeFree(view: NodeView, vf: VfView, pristine: NodeView): readonly Violation[] {
  const name = `VF ${vf.pciAddress}`;
  const was = pristine.vfs.find(({ pciAddress }) => pciAddress === vf.pciAddress);
  const dark = pristine.representors.find((one) => one.name === vf.representor);
  const lit = view.representors.find((one) => one.name === vf.representor);
  const traces = [
    ...(vf.where === "home"
      ? differences(was?.link ?? {}, vf.link ?? {}).map((text) => `${name} is free, but ${text}`)
      : [`${name} has no owner on the host, but is ${whereText(vf)}`]),
    ...(dark === undefined || lit === undefined
      ? [`${name} has no representor "${vf.representor}" on the DPU`]
      : differences(comparable(dark), comparable(lit)).map(
          (text) => `${name} is free, but on its representor ${vf.representor} ${text}`,
        )),
  ];
  return traces.map((message) => ({ invariant: "I5", message }));
}

/** `owner`'s, and `ready`: another phase is told of elsewhere. */
export function judgeUsed(view: NodeView, vf: VfView, owner: AttachmentView): readonly Violation[] {
  if (owner.phase !== "ready") return [];
  const name = `attachment ${owner.key} (generation ${owner.generation}, VF ${vf.pciAddress})`;
  const port = view.ports.find(({ key }) => key === owner.key);
  if (port === undefined) return [i1(`${name} is ready on the host, the DPU has no port of it`)];
  const sides = [
    ["generation", owner.generation, port.generation],
    ["VF", vf.id, port.vf],
    ["addresses", owner.addresses.join(" "), port.addresses.join(" ")],
    ["MAC", owner.mac, port.mac],
  ] as const;
  const disagreements = sides
    .filter(([, host, dpu]) => host !== dpu)
    .map(([what, host, dpu]) => i1(`${name}: ${what} is ${host} on the host, ${dpu} on the DPU`));
  const ifname = owner.key.split("/").at(-1) ?? "";
  const kernel = [
    ...(vf.where === owner.netns
      ? podDifferences(vf, owner, ifname)
      : [`the VF is ${whereText(vf)}, not in the pod ${owner.netns}`]),
    ...representorDifferences(view, vf, owner),
  ];
  return [...disagreements, ...kernel.map((text) => i4(`${name}: ${text}`))];
}

function podDifferences({ link }: VfView, owner: AttachmentView, ifname: string) {
  if (link === undefined) return [];
  return [
    ...(link.name === ifname ? [] : [`it is called "${link.name}" in the pod, not "${ifname}"`]),
    ...(link.mac === owner.mac ? [] : [`it has the MAC ${link.mac}, not ${owner.mac}`]),
    ...(link.up ? [] : ["it is down in the pod"]),
    ...(sameWords(link.addresses, owner.addresses)
      ? []
      : [`the pod has ${words(link.addresses)}, not ${words(owner.addresses)}`]),
    ...owner.routes
      .filter((route) => !link.routes.includes(route))
      .map((route) => `the pod has no route to ${route}`),
  ];
}

function representorDifferences(view: NodeView, vf: VfView, { addresses, mac }: AttachmentView) {
  const lit = view.representors.find(({ name }) => name === vf.representor);
  if (lit === undefined) return [`the DPU has no representor "${vf.representor}"`];
  const neighbours = addresses.map((cidr) => `${cidr.split("/")[0]} ${mac}`).sort();
  return [
    ...(lit.up ? [] : [`${lit.name} is down on the DPU`]),
    ...(sameWords(lit.routes, addresses)
      ? []
      : [`routes to ${words(lit.routes)} lead to ${lit.name}, not to ${words(addresses)}`]),
    ...(sameWords(lit.neighbours, neighbours)
      ? []
      : [`${lit.name} has the neighbours ${words(lit.neighbours)}, not ${words(neighbours)}`]),
  ];
}

function comparable({ up, mtu, routes, neighbours, addresses }: RepresentorView) {
  return {
    ...{ up, mtu, routes, neighbours },
    addresses: addresses.filter((one) => !one.startsWith("fe80")),
  };
}

function differences(was: object, is: object): readonly string[] {
  const keys = [...new Set([...Object.keys(was), ...Object.keys(is)])];
  return keys.flatMap((key) => {
    const [before, now] = [read(was, key), read(is, key)];
    return before === now ? [] : [`its ${key} is ${now}, not ${before}`];
  });
}

function read(from: object, key: string): string | undefined {
  return JSON.stringify(Reflect.get(from, key));
}

function whereText({ where, link }: VfView): string {
  if (where === "home") return "at home";
  if (where === "nowhere") return "nowhere to be seen";
  return `in the pod ${where} as "${link?.name ?? "?"}"`;
}

function words(list: readonly string[]): string {
  return list.length === 0 ? "nothing" : list.join(", ");
}

function sameWords(a: readonly string[], b: readonly string[]): boolean {
  return [...a].sort().join() === [...b].sort().join();
}

function i1(message: string): Violation {
  return { invariant: "I1", message };
}

function i4(message: string): Violation {
  return { invariant: "I4", message };
}
