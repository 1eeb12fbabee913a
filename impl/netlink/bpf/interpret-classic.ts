/** Runs classic BPF over a frame as the kernel does: for tests of programs. */
import { classicLength, readBytecode } from "./bytecode.ts";

export interface Frame {
  readonly bytes: Uint8Array;
  /** with a VLAN tag that the kernel has taken off */
  readonly isTagged?: boolean;
}

const tagPresent = 0xfffff000 + 48;

/** What the program answers. Throws on an instruction that our assembler does not make. */
export function interpretClassic(bytecode: string, { bytes, isTagged = false }: Frame): number {
  const program = readBytecode(bytecode);
  if (program === undefined) throw new Error("Cannot run it: it is no program");
  const frame = Buffer.from(bytes);
  const memory = new Uint32Array(16);
  let [a, x] = [0, 0];
  for (let at = 0; at < program.length / classicLength; at++) {
    const start = at * classicLength;
    const code = program.readUInt16LE(start);
    const [jt, jf] = [program.readUInt8(start + 2), program.readUInt8(start + 3)];
    const k = program.readUInt32LE(start + 4);
    const jumpIf = (holds: boolean) => {
      at += holds ? jt : jf;
    };
    const other = (code & 0x08) === 0 ? k : x;
    if (code === 0x30 && k === tagPresent) a = isTagged ? 1 : 0;
    else if ([0x20, 0x28, 0x30, 0x40, 0x48, 0x50].includes(code)) {
      const length = { 0: 4, 8: 2, 16: 1 }[code & 0x18] ?? 0;
      const from = k + ((code & 0x40) === 0 ? 0 : x);
      // Outside of the frame the program is over.
      if (from + length > frame.length) return 0;
      a = frame.readUIntBE(from, length);
    } else if (code === 0x00) a = k;
    else if (code === 0x60) a = memory[k] ?? 0;
    else if (code === 0x80) a = frame.length;
    else if (code === 0x87) a = x;
    else if (code === 0x01) x = k;
    else if (code === 0x61) x = memory[k] ?? 0;
    else if (code === 0x81) x = frame.length;
    else if (code === 0x07) x = a;
    else if (code === 0x02) memory[k] = a;
    else if (code === 0x03) memory[k] = x;
    else if (code === 0x04) a = (a + k) >>> 0;
    else if (code === 0x0c) a = (a + x) >>> 0;
    else if (code === 0x54) a = (a & k) >>> 0;
    else if (code === 0x64) a = (a << k) >>> 0;
    else if (code === 0x05) at += k;
    else if ((code & ~0x08) === 0x15) jumpIf(a === other);
    else if ((code & ~0x08) === 0x25) jumpIf(a > other);
    else if ((code & ~0x08) === 0x35) jumpIf(a >= other);
    else if ((code & ~0x08) === 0x45) jumpIf((a & other) !== 0);
    else if (code === 0x06) return k;
    else throw new Error(`Cannot run instruction ${at}: its code is ${code}`);
  }
  throw new Error("Cannot run it further: the program has no end");
}
