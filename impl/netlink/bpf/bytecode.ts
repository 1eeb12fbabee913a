/** Classic BPF in the words of `tc … bpf bytecode`: how many instructions, then "code jt jf k" of each (linux/filter.h). */

export const classicLength = 8;

/** tc takes a comma at the end. */
const program = /^\d{1,5}(?:,\d{1,5} \d{1,3} \d{1,3} \d{1,10})+,?$/;

/** The instructions as the kernel wants them; undefined when `text` is no such program. */
export function readBytecode(text: string): Buffer | undefined {
  if (!program.test(text)) return undefined;
  const numbers = text.replace(/,$/, "").split(/[ ,]/);
  const [count] = numbers;
  if (Number(count) * 4 + 1 !== numbers.length) return undefined;
  // struct sock_filter: in the machine's own order, as two words.
  const words = new Uint32Array(Number(count) * 2);
  for (let from = 1, to = 0; from < numbers.length; from += 4, to += 2) {
    const code = Number(numbers[from]);
    const jt = Number(numbers[from + 1]);
    const jf = Number(numbers[from + 2]);
    const k = Number(numbers[from + 3]);
    if (code > 0xffff || jt > 0xff || jf > 0xff || k > 0xffffffff) return undefined;
    words[to] = code | (jt << 16) | (jf << 24);
    words[to + 1] = k;
  }
  return Buffer.from(words.buffer);
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
