/** Which DPU netdev faces which VF: a pattern of the card, such as "rep{pf}v{vf}". */

export interface VfId {
  /** number of the PF in the host's list, from 0 */
  readonly pf: number;
  /** number of the VF on its PF, from 0 */
  readonly index: number;
}

/** Linux IFNAMSIZ less the final zero byte */
const longestName = 15;

/** What is wrong with `pattern`; undefined when nothing is. */
export function patternProblem(pattern: string): string | undefined {
  if (!pattern.includes("{vf}")) return 'it has no "{vf}"';
  const other = /\{(?!pf\}|vf\})[^}]*\}?/.exec(pattern);
  if (other !== null) return `it has "${other[0]}"; only {pf} and {vf} are known`;
  const name = representorName(pattern, { pf: 0, index: 0 });
  if (/[/\s:]/.test(name)) return "an interface name has no slash, colon or white space";
  return name.length > longestName ? `"${name}" is longer than ${longestName} bytes` : undefined;
}

export function representorName(pattern: string, vf: VfId): string {
  return pattern.replaceAll("{pf}", String(vf.pf)).replaceAll("{vf}", String(vf.index));
}
