/** An assembler for the few BPF instructions that our programs need (linux/bpf.h `struct bpf_insn`), so that no compiler is. */

export type Register = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10;

/** Numbers of kernel functions, as BPF_FUNC_… has them; redirect_peer came with Linux 5.10. */
export const kernelFunctions = {
  mapLookup: 1,
  ktimeGetNs: 5,
  redirect: 23,
  redirectPeer: 155,
} as const;

export type Instruction =
  /** BPF_ALU64 | BPF_MOV | BPF_K: a register gets a signed 32-bit number */
  | { readonly op: "set"; readonly register: Register; readonly value: number }
  /** BPF_LD | BPF_DW | BPF_IMM: any 64 bits; two instructions long */
  | { readonly op: "setWide"; readonly register: Register; readonly value: bigint }
  /** the same, with the address of the map that a descriptor stands for */
  | { readonly op: "setMap"; readonly register: Register; readonly descriptor: number }
  /** BPF_ALU64: `register` becomes itself OPERATION `from` */
  | {
      readonly op: "copy" | "add" | "subtract" | "multiply";
      readonly register: Register;
      readonly from: Register;
    }
  /** BPF_ALU64 with a number */
  | { readonly op: "addNumber" | "shiftRight"; readonly register: Register; readonly value: number }
  /** BPF_MEM: between a register and what another one points at */
  | {
      readonly op: "load32" | "load64" | "store64";
      readonly register: Register;
      readonly pointer: Register;
      readonly offset: number;
    }
  | { readonly op: "storeZero32"; readonly pointer: Register; readonly offset: number }
  /** BPF_JMP, unsigned: `skip` instructions are left out when `register` COMPARED `from` */
  | {
      readonly op: "ifAtLeast" | "ifAbove";
      readonly register: Register;
      readonly from: Register;
      readonly skip: number;
    }
  | { readonly op: "ifZero"; readonly register: Register; readonly skip: number }
  /** BPF_JMP | BPF_CALL: arguments in registers 1 to 5, the answer in 0 */
  | { readonly op: "call"; readonly function: keyof typeof kernelFunctions }
  /** BPF_JMP | BPF_EXIT: register 0 is the verdict */
  | { readonly op: "exit" };

export const instructionLength = 8;

export function assemble(program: readonly Instruction[]): Buffer {
  return Buffer.concat(program.flatMap((one) => encode(one).map(print)));
}

function print({ code, register = 0, source = 0, offset = 0, value = 0 }: Encoded): Buffer {
  const bytes = Buffer.alloc(instructionLength);
  bytes.writeUInt8(code, 0);
  bytes.writeUInt8((source << 4) | register, 1);
  bytes.writeInt16LE(offset, 2);
  bytes.writeInt32LE(value, 4);
  return bytes;
}

interface Encoded {
  readonly code: number;
  /** the destination: the lower four bits */
  readonly register?: number;
  /** the upper four */
  readonly source?: number;
  readonly offset?: number;
  readonly value?: number;
}

const codes = {
  ...{ copy: 0xbf, add: 0x0f, subtract: 0x1f, multiply: 0x2f },
  ...{ addNumber: 0x07, shiftRight: 0x77 },
  ...{ load32: 0x61, load64: 0x79, store64: 0x7b },
  ...{ ifAtLeast: 0x3d, ifAbove: 0x2d },
} as const;
/** BPF_PSEUDO_MAP_FD */
const isMap = 1;

function encode(instruction: Instruction): readonly Encoded[] {
  switch (instruction.op) {
    case "set":
      return [{ code: 0xb7, register: instruction.register, value: instruction.value }];
    case "setWide": {
      const { register, value } = instruction;
      const half = (bits: bigint) => Number(BigInt.asIntN(32, bits));
      return [
        { code: 0x18, register, value: half(value) },
        { code: 0, value: half(value >> 32n) },
      ];
    }
    case "setMap": {
      const { register, descriptor } = instruction;
      return [{ code: 0x18, register, source: isMap, value: descriptor }, { code: 0 }];
    }
    case "copy":
    case "add":
    case "subtract":
    case "multiply": {
      const { op, register, from } = instruction;
      return [{ code: codes[op], register, source: from }];
    }
    case "addNumber":
    case "shiftRight": {
      const { op, register, value } = instruction;
      return [{ code: codes[op], register, value }];
    }
    case "load32":
    case "load64": {
      const { op, register, pointer, offset } = instruction;
      return [{ code: codes[op], register, source: pointer, offset }];
    }
    case "store64": {
      const { op, register, pointer, offset } = instruction;
      return [{ code: codes[op], register: pointer, source: register, offset }];
    }
    case "storeZero32":
      return [{ code: 0x62, register: instruction.pointer, offset: instruction.offset }];
    case "ifAtLeast":
    case "ifAbove": {
      const { op, register, from, skip } = instruction;
      return [{ code: codes[op], register, source: from, offset: skip }];
    }
    case "ifZero":
      return [{ code: 0x15, register: instruction.register, offset: instruction.skip }];
    case "call":
      return [{ code: 0x85, value: kernelFunctions[instruction.function] }];
    case "exit":
      return [{ code: 0x95 }];
  }
}

/**
 * For the ingress hook of tc: every packet leaves by the link `index`; with `peer` it comes in at that link's other end,
 * which must be a veth's in another namespace.
 */
export function redirectProgram(index: number, { peer }: { readonly peer: boolean }): Buffer {
  return assemble([
    { op: "set", register: 1, value: index },
    { op: "set", register: 2, value: 0 },
    { op: "call", function: peer ? "redirectPeer" : "redirect" },
    { op: "exit" },
  ]);
}
