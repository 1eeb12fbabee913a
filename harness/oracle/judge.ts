/** Holds one look at a node against what must be: pure, so that each invariant can be seen to fail by a unit test. */
import { judgeFree, judgeUsed } from "./judge-vf.ts";
import type { Expectation, HostWord, Key, NodeView, Violation } from "./oracle.ts";
import { overlaps } from "./overlaps.ts";

/** Everything wrong in this look, provided that nothing is still to be finished: that counts as wrong here. */
export function judge(view: NodeView, expectation: Expectation): readonly Violation[] {
  return [
    ...overlaps(view, expectation.pristine),
    ...unfinished(view),
    ...strangers(view),
    ...view.vfs.flatMap((vf) => {
      const owner = view.attachments.find(({ pciAddress }) => pciAddress === vf.pciAddress);
      return owner === undefined
        ? judgeFree(view, vf, expectation.pristine)
        : judgeUsed(view, vf, owner);
    }),
    ...words(view),
    ...alive(view, expectation.alive),
    ...gone(view, expectation),
    ...changed(view, expectation),
  ];
}

function unfinished(view: NodeView): readonly Violation[] {
  const records = view.attachments
    .filter(({ phase }) => phase !== "ready")
    .map(({ key, phase, generation, pciAddress }) => {
      return `attachment ${key} (generation ${generation}, VF ${pciAddress}) is still "${phase}" on the host; the DPU has ${portText(view, key)}`;
    });
  const ports = view.ports
    .filter(({ phase }) => phase !== "ready")
    .map(({ key, phase, vf }) => `port ${key} of VF ${vf} is still "${phase}" on the DPU`);
  return [...records, ...ports].map((message) => ({ invariant: "I5", message }));
}

/** Ports and addresses on the DPU that no attachment of the host accounts for. */
function strangers(view: NodeView): readonly Violation[] {
  const known = new Set(view.attachments.map(({ key }) => key));
  return view.ports
    .filter(({ key }) => !known.has(key))
    .map(({ key, vf, generation, addresses }) => ({
      invariant: "I1",
      message: `port ${key} (generation ${generation}, VF ${vf}, ${addresses.join(" ") || "no address"}) is on the DPU, the host has no such attachment`,
    }));
}

/** What the processes say of themselves: the same as their files, and a pool that adds up. */
function words({ told, vfs, attachments, ports }: NodeView): readonly Violation[] {
  const said = {
    "the daemon holds": [
      told.host?.attachments,
      attachments.map(({ key, phase, generation, pciAddress }) => {
        return `${key} ${phase} ${generation} ${pciAddress}`;
      }),
    ],
    "the agent holds": [
      told.dpu?.ports,
      ports.map(({ key, phase, generation, vf }) => `${key} ${phase} ${generation} ${vf}`),
    ],
  } as const;
  const unlike = Object.entries(said).flatMap(([who, [memory, disk]]) => {
    if (memory === undefined || memory.join() === [...disk].sort().join()) return [];
    return [i("I1", `${who} ${list(memory)}; its records say ${list(disk)}`)];
  });
  const kept = told.dpu?.quarantined ?? [];
  return [
    ...unlike,
    ...(kept.length === 0 ? [] : [i("I2", `the DPU keeps ${list(kept)} from use for no port`)]),
    ...pool(told.host, { vfs: vfs.length, owned: attachments.length }),
  ];
}

function pool(
  word: HostWord | undefined,
  there: { readonly vfs: number; readonly owned: number },
): readonly Violation[] {
  if (word === undefined) return [];
  const { size, free, used, quarantined } = word.pool;
  const told = `the daemon counts ${free} free + ${used} used + ${quarantined} quarantined of ${size}`;
  return [
    ...(free + used + quarantined === size ? [] : [i("I3", `${told}: that is not all`)]),
    ...(size === there.vfs ? [] : [i("I3", `${told}, the card has ${there.vfs} VFs`)]),
    ...(used === there.owned ? [] : [i("I3", `${told}, there are ${there.owned} attachments`)]),
    ...(quarantined === 0 ? [] : [i("I3", `${told}, although nothing is pending`)]),
  ];
}

function list(words: readonly string[]): string {
  return words.length === 0 ? "nothing" : words.join(", ");
}

function i(invariant: Violation["invariant"], message: string): Violation {
  return { invariant, message };
}

function alive(view: NodeView, keys: readonly Key[]): readonly Violation[] {
  return keys
    .filter((key) => !view.attachments.some((one) => one.key === key && one.phase === "ready"))
    .map((key) => ({
      invariant: "I4",
      message: `attachment ${key} must live: the host has ${recordText(view, key)}, the DPU ${portText(view, key)}`,
    }));
}

function gone(view: NodeView, { gone, alive }: Expectation): readonly Violation[] {
  const keys = [...new Set([...view.attachments, ...view.ports].map(({ key }) => key))];
  return keys
    .filter((key) => (gone === "all" ? !alive.includes(key) : gone.includes(key)))
    .map((key) => ({
      invariant: "I5",
      message: `attachment ${key} must be gone: the host has ${recordText(view, key)}, the DPU ${portText(view, key)}`,
    }));
}

function changed(view: NodeView, { before }: Expectation): readonly Violation[] {
  if (before === undefined) return [];
  return before.unchanged.flatMap((key) => {
    const [was, is] = [linesOf(before.view, key), linesOf(view, key)];
    const lines = [
      ...was.filter((line) => !is.includes(line)).map((line) => `- ${line}`),
      ...is.filter((line) => !was.includes(line)).map((line) => `+ ${line}`),
    ];
    if (lines.length === 0) return [];
    const message = `attachment ${key}, which nobody touched, is not as it was: ${lines.join("; ")}`;
    return [{ invariant: "I6" as const, message }];
  });
}

/** All that is known of one attachment, on either side and in the kernel. */
export function linesOf(view: NodeView, key: Key): readonly string[] {
  const record = view.attachments.find((one) => one.key === key);
  const port = view.ports.find((one) => one.key === key);
  const vf = view.vfs.find(({ pciAddress }) => pciAddress === record?.pciAddress);
  const representor = view.representors.find(({ name }) => name === port?.representor);
  const facts = { record, port, vf, representor };
  return Object.entries(facts).flatMap(([what, value]) =>
    value === undefined ? [] : [`${what} ${JSON.stringify(value)}`],
  );
}

function recordText(view: NodeView, key: Key): string {
  const record = view.attachments.find((one) => one.key === key);
  if (record === undefined) return "no record of it";
  const { phase, generation, pciAddress } = record;
  return `"${phase}" (generation ${generation}, VF ${pciAddress})`;
}

function portText(view: NodeView, key: Key): string {
  const port = view.ports.find((one) => one.key === key);
  if (port === undefined) return "no port of it";
  return `port "${port.phase}" (generation ${port.generation}, VF ${port.vf}, ${port.addresses.join(" ") || "no address"})`;
}
