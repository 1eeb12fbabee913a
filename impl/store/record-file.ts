/** One record as a file: its name, its envelope, and what is wrong with a file that is none. */
import { createHash } from "node:crypto";

const format = 1;
const suffix = ".json";

/** NAME_MAX is 255 bytes; room is kept for ".damaged-N" and the like. */
const longestStem = 180;

/**
 * A name a person can read: the key with all but letters, digits, `_`, `.` and `-` as %XX or %uXXXX. A long one is cut
 * and ends with a hash of the whole; `~` occurs in no short name, so two keys never share a file.
 */
export function fileNameOf(key: string): string {
  const stem = escapeKey(key) || "%";
  if (stem.length <= longestStem) return `${stem}${suffix}`;
  const hash = createHash("sha256").update(stem).digest("hex").slice(0, 32);
  return `${stem.slice(0, longestStem - hash.length - 1)}~${hash}${suffix}`;
}

/** The key in a file's name; undefined when the name was cut, or is not one that `fileNameOf` gives. */
export function keyOfName(name: string): string | undefined {
  if (!isRecordName(name)) return undefined;
  const stem = name.slice(0, -suffix.length);
  const unescaped = stem.replace(/%(?:u([0-9A-F]{4})|([0-9A-F]{2}))/g, (_, long, short) =>
    String.fromCharCode(Number.parseInt(long ?? short, 16)),
  );
  const key = stem === "%" ? "" : unescaped;
  return fileNameOf(key) === name ? key : undefined;
}

export function isRecordName(name: string): boolean {
  return name.endsWith(suffix) && !name.startsWith(".");
}

export function printRecord(key: string, record: unknown): string {
  return `${JSON.stringify({ format, key, record }, undefined, 2)}\n`;
}

export type RecordFile<T> =
  | { readonly ok: true; readonly key: string; readonly record: T }
  | { readonly ok: false; readonly reason: string };

/** Never throws: any bytes under any name give a record or the reason why not. */
export function parseRecord<T>(
  name: string,
  bytes: Uint8Array,
  parse: (value: unknown) => T,
): RecordFile<T> {
  if (bytes.length === 0) return damaged("it is empty");
  if (bytes.every((byte) => byte === 0)) return damaged("it holds nothing but zeros");
  let envelope: unknown;
  try {
    envelope = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return damaged("it is not JSON, or cut short");
  }
  const { format: written, key, record } = fields(envelope);
  if (typeof written !== "number" || typeof key !== "string" || record === undefined) {
    return damaged("it is not a record of this store");
  }
  if (written !== format) {
    return damaged(`it is of format ${written}, this program reads format ${format}`);
  }
  if (fileNameOf(key) !== name) return damaged(`it is the record of ${JSON.stringify(key)}`);
  try {
    return { ok: true, key, record: parse(record) };
  } catch (error) {
    return damaged(error instanceof Error ? error.message : String(error));
  }
}

function fields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

function damaged(reason: string): { readonly ok: false; readonly reason: string } {
  return { ok: false, reason };
}

/** By UTF-16 unit, not by byte: keys that differ only in lone surrogates are the same bytes in UTF-8. */
function escapeKey(key: string): string {
  return key.replace(/[^A-Za-z0-9_.-]|^\./g, (char) => {
    const unit = char.charCodeAt(0).toString(16).toUpperCase();
    return unit.length <= 2 ? `%${unit.padStart(2, "0")}` : `%u${unit.padStart(4, "0")}`;
  });
}
