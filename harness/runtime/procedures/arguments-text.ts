/** CNI_ARGS as one text, from pairs in their order. */
export function argumentsText(pairs: Readonly<Record<string, string>> = {}): string {
  return Object.entries(pairs)
    .map(([name, value]) => `${name}=${value}`)
    .join(";");
}
