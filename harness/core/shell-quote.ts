/** An argv as one line that a POSIX shell reads back as the same argv. */
export function shellQuote(argv: readonly string[]): string {
  return argv.map(quote).join(" ");
}

function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
