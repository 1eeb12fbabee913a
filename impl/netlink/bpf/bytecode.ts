/** Classic BPF in the words of `tc … bpf bytecode`: how many instructions, then "code jt jf k" of each (linux/filter.h). */

export const classicLength = 8;

const instruction = /^(\d{1,5}) (\d{1,3}) (\d{1,3}) (\d{1,10})$/;

/** The instructions as the kernel wants them; undefined when `text` is no such program. */
export function readBytecode(text: string): Buffer | undefined {
  const [count, ...all] = text.replace(/,$/, "").split(",");
  if (all.length === 0 || count !== String(all.length)) return undefined;
  const bytes = Buffer.alloc(all.length * classicLength);
  for (const [i, one] of all.entries()) {
    const [code = 0, jt = 0, jf = 0, k = 0] = (instruction.exec(one) ?? []).slice(1).map(Number);
    if (!instruction.test(one) || code > 0xffff || jt > 0xff || jf > 0xff || k > 0xffffffff) {
      return undefined;
    }
    const at = i * classicLength;
    bytes.writeUInt16LE(code, at);
    bytes.writeUInt8(jt, at + 2);
    bytes.writeUInt8(jf, at + 3);
    bytes.writeUInt32LE(k, at + 4);
  }
  return bytes;
}

/** undefined when `bytes` are no whole instructions */
export function printBytecode(bytes: Buffer): string | undefined {
  if (bytes.length === 0 || bytes.length % classicLength !== 0) return undefined;
  const all = Array.from({ length: bytes.length / classicLength }, (_, i) => {
    const at = i * classicLength;
    return [
      ...[bytes.readUInt16LE(at), bytes.readUInt8(at + 2), bytes.readUInt8(at + 3)],
      bytes.readUInt32LE(at + 4),
    ].join(" ");
  });
  return [all.length, ...all].join(",");
}
