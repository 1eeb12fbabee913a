/** Text of foreign programs made safe for a terminal: control characters shown, long output cut in the middle. */

/** What a program prints must not move the cursor or change colours of ours. */
export function visibleText(text: string): string {
  return text
    .replaceAll("\r\n", "\n")
    .replaceAll("\t", "  ")
    .replace(
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones to show
      /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g,
      (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`,
    );
}

/** The first and last lines when there are more than `most`. */
export function fewLines(text: string, most: number): readonly string[] {
  const lines = visibleText(text).trimEnd().split("\n");
  if (lines.length <= most) return lines;
  const head = Math.ceil(most / 2);
  const tail = most - head;
  return [
    ...lines.slice(0, head),
    `… ${lines.length - most} more lines …`,
    ...(tail > 0 ? lines.slice(-tail) : []),
  ];
}
