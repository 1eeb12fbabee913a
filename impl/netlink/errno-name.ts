/** Kernel error numbers as names and as text. */
import { constants } from "node:os";
import { getSystemErrorMap } from "node:util";

const names = new Map<number, string>();
// Where two names share a number the first listed stays, except that rtnetlink speaks of EOPNOTSUPP.
for (const [name, number] of Object.entries(constants.errno)) {
  if (!names.has(number)) names.set(number, name);
}
names.set(constants.errno.EOPNOTSUPP, "EOPNOTSUPP");
names.set(constants.errno.EAGAIN, "EAGAIN");

/** e.g. 17 → "EEXIST"; "E524" for a number without a name here */
export function errnoName(number: number): string {
  return names.get(number) ?? `E${number}`;
}

const texts = new Map([...getSystemErrorMap().values()].map(([name, text]) => [name, text]));

/** e.g. "EEXIST" → "file already exists" */
export function errnoText(name: string): string {
  return texts.get(name === "EOPNOTSUPP" ? "ENOTSUP" : name) ?? "the kernel refused";
}
