/** Reads parsed JSON the way Go's encoding/json fills a struct: keys in any case, null for nothing given, other types refused. */

/** The value does not fit the Go type; the message is the decoder's own, without the names of Go's types. */
export class NotDecodable extends Error {
  override readonly name = "NotDecodable";
}

export type Fields = (key: string) => unknown;

export function fieldsOf(value: unknown): Fields {
  if (value === null || value === undefined) return () => undefined;
  if (typeof value !== "object" || Array.isArray(value)) throw misfit(value, "a struct");
  const byLowerCase = new Map(Object.entries(value).map(([key, one]) => [key.toLowerCase(), one]));
  return (key) =>
    Object.hasOwn(value, key) ? Reflect.get(value, key) : byLowerCase.get(key.toLowerCase());
}

export function text(value: unknown): string {
  if (value === undefined || value === null) return "";
  if (typeof value === "string") return value;
  throw misfit(value, "string");
}

export function integer(value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === "number" && Number.isSafeInteger(value)) return value;
  throw misfit(value, "int");
}

export function list(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value;
  throw misfit(value, "a slice");
}

export function misfit(value: unknown, type: string): NotDecodable {
  const what = Array.isArray(value) ? "array" : typeof value;
  return new NotDecodable(`json: cannot unmarshal ${what} into Go value of type ${type}`);
}
