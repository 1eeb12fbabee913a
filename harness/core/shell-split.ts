/** A command line as shellQuote wrote it, back as an argv: plain words, and words in single quotes with '\'' in them. */
export function shellSplit(line: string): readonly string[] {
  const words: string[] = [];
  // One word is plain pieces, quoted pieces and escaped quotes without a space between.
  for (const [word] of line.matchAll(/(?:[^\s'\\]+|'[^']*'|\\.)+/gs)) {
    words.push(
      word.replace(/'([^']*)'|\\(.)/gs, (_, quoted?: string, escaped?: string) => {
        return quoted ?? escaped ?? "";
      }),
    );
  }
  return words;
}
