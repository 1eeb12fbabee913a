/** An assembler for the few BPF instructions that a redirect needs (linux/bpf.h `struct bpf_insn`), so that no compiler is. */

export type Register = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10;

/** Numbers of kernel functions: BPF_FUNC_redirect, BPF_FUNC_redirect_peer (Linux 5.10). */
export const kernelFunctions = { redirect: 23, redirectPeer: 155 } as const;

export type Instruction =
  /** BPF_ALU64 | BPF_MOV | BPF_K: a register gets a signed 32-bit number */
  | { readonly op: "set"; readonly register: Register; readonly value: number }
  /** BPF_JMP | BPF_CALL: arguments in registers 1 to 5, the answer in 0 */
  | { readonly op: "call"; readonly function: keyof typeof kernelFunctions }
  /** BPF_JMP | BPF_EXIT: register 0 is the verdict */
  | { readonly op: "exit" };

export const instructionLength = 8;

export function assemble(program: readonly Instruction[]): Buffer {
  const bytes = Buffer.alloc(program.length * instructionLength);
  for (const [i, instruction] of program.entries()) {
    const at = i * instructionLength;
    const { code, register = 0, value = 0 } = encode(instruction);
    bytes.writeUInt8(code, at);
    bytes.writeUInt8(register, at + 1);
    bytes.writeInt32LE(value, at + 4);
  }
  return bytes;
}

interface Encoded {
  readonly code: number;
  /** the destination: the lower four bits */
  readonly register?: number;
  readonly value?: number;
}

function encode(instruction: Instruction): Encoded {
  switch (instruction.op) {
    case "set":
      return { code: 0xb7, register: instruction.register, value: instruction.value };
    case "call":
      return { code: 0x85, value: kernelFunctions[instruction.function] };
    case "exit":
      return { code: 0x95 };
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
