/**
 * An assembler for classic BPF (linux/filter.h), which the kernel takes from whoever may set filters: no privilege of BPF is
 * needed. A program is a list of steps over a frame, from its destination MAC on; jumps go forward, to labels.
 */

export type Width = "byte" | "half" | "word";

export type Step =
  /** A becomes what stands in the frame; outside of it the program would end with 0, so ask `length` first */
  | { readonly load: Width; readonly at: number }
  /** the same, counted from X */
  | { readonly load: Width; readonly fromX: number }
  /** A becomes the length of the frame, or 1 for a frame with a VLAN tag that the kernel has taken off, else 0 */
  | { readonly load: "length" | "isTagged" }
  /** A becomes a number, a variable (0 to 15), or X */
  | { readonly load: "number" | "variable"; readonly value: number }
  | { readonly load: "x" }
  /** X becomes a number, a variable, the length of the frame, or A */
  | { readonly loadX: "number" | "variable"; readonly value: number }
  | { readonly loadX: "length" | "a" }
  /** a variable becomes A, or X */
  | { readonly store: "a" | "x"; readonly variable: number }
  | { readonly compute: "add" | "and" | "shiftLeft"; readonly value: number }
  | { readonly compute: "addX" }
  /** compares A with a number, or with X */
  | {
      readonly when: "equal" | "above" | "atLeast" | "anyBit";
      readonly value: number | "x";
      readonly goTo?: string;
      readonly otherwise?: string;
    }
  | { readonly go: string }
  | { readonly label: string }
  /** ends the program */
  | { readonly answer: number };

interface Instruction {
  readonly code: number;
  /** by how much is jumped, or where to */
  readonly jt?: number | string | undefined;
  readonly jf?: number | string | undefined;
  readonly k?: number | string;
}

const widths = { word: 0x00, half: 0x08, byte: 0x10 } as const;
const absolute = 0x20;
const indirect = 0x40;
/** SKF_AD_OFF + SKF_AD_VLAN_TAG_PRESENT */
const tagPresent = 0xfffff000 + 48;
const computations = { add: 0x04, and: 0x54, shiftLeft: 0x64 } as const;
const comparisons = { equal: 0x15, above: 0x25, atLeast: 0x35, anyBit: 0x45 } as const;
/** BPF_X: the other side of a comparison is X */
const withX = 0x08;
const jump = 0x05;
/** of a conditional jump */
const furthest = 255;

/** In the words of `tc … bpf bytecode`. Throws on a label there is not, or one that lies behind. */
export function assembleClassic(steps: readonly Step[]): string {
  const near = steps.map((step) => instructionsOf(step, "near"));
  const laid = layOut(steps, near);
  const all = isFar(laid)
    ? layOut(
        steps,
        steps.map((step) => instructionsOf(step, "far")),
      )
    : laid;
  const printed = all.map(({ code, jt = 0, jf = 0, k = 0 }) => `${code} ${jt} ${jf} ${k}`);
  return [printed.length, ...printed].join(",");
}

interface Laid {
  readonly code: number;
  readonly jt: number;
  readonly jf: number;
  readonly k: number;
}

function isFar(laid: readonly Laid[]): boolean {
  return laid.some(({ jt, jf }) => jt > furthest || jf > furthest);
}

function layOut(
  steps: readonly Step[],
  made: readonly (readonly Instruction[])[],
): readonly Laid[] {
  const labels = new Map<string, number>();
  let at = 0;
  for (const [i, step] of steps.entries()) {
    if ("label" in step) labels.set(step.label, at);
    at += made[i]?.length ?? 0;
  }
  const distance = (to: number | string | undefined, from: number): number => {
    if (typeof to !== "string") return to ?? 0;
    const target = labels.get(to);
    if (target === undefined || target <= from) {
      throw new Error(`Cannot assemble a jump to "${to}": it does not lie ahead`);
    }
    return target - from - 1;
  };
  return made.flat().map(({ code, jt, jf, k = 0 }, i) => ({
    code,
    jt: distance(jt, i),
    jf: distance(jf, i),
    k: distance(k, i) >>> 0,
  }));
}

function instructionsOf(step: Step, reach: "near" | "far"): readonly Instruction[] {
  if ("label" in step) return [];
  if ("answer" in step) return [{ code: 0x06, k: step.answer }];
  if ("go" in step) return [{ code: jump, k: step.go }];
  if ("when" in step) return compared(step, reach);
  if ("store" in step) return [{ code: step.store === "a" ? 0x02 : 0x03, k: step.variable }];
  if ("compute" in step) {
    return step.compute === "addX"
      ? [{ code: 0x0c }]
      : [{ code: computations[step.compute], k: step.value }];
  }
  return [loaded(step)];
}

function loaded(step: Extract<Step, { load: unknown } | { loadX: unknown }>): Instruction {
  if ("at" in step) return { code: widths[step.load] | absolute, k: step.at };
  if ("fromX" in step) return { code: widths[step.load] | indirect, k: step.fromX };
  if ("loadX" in step) {
    if ("value" in step) return { code: step.loadX === "number" ? 0x01 : 0x61, k: step.value };
    return { code: step.loadX === "a" ? 0x07 : 0x81 };
  }
  if ("value" in step) return { code: step.load === "number" ? 0x00 : 0x60, k: step.value };
  switch (step.load) {
    case "x":
      return { code: 0x87 };
    case "length":
      return { code: 0x80 };
    case "isTagged":
      return { code: widths.byte | absolute, k: tagPresent };
  }
}

/** A conditional jump reaches 255 instructions; further ones jump over a jump that reaches everything. */
function compared(
  { when, value, goTo, otherwise }: Extract<Step, { when: unknown }>,
  reach: "near" | "far",
): readonly Instruction[] {
  const code = comparisons[when] | (value === "x" ? withX : 0);
  const k = value === "x" ? 0 : value;
  if (reach === "near") return [{ code, jt: goTo, jf: otherwise, k }];
  const far = [goTo, otherwise].filter((to) => to !== undefined);
  if (far.length === 2) {
    return [
      { code, jt: 0, jf: 1, k },
      { code: jump, k: goTo ?? "" },
      { code: jump, k: otherwise ?? "" },
    ];
  }
  return goTo === undefined
    ? [
        { code, jt: 1, jf: 0, k },
        { code: jump, k: otherwise ?? "" },
      ]
    : [
        { code, jt: 0, jf: 1, k },
        { code: jump, k: goTo },
      ];
}
