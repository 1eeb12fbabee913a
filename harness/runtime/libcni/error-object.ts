/** What libcni takes from the JSON document of a plugin that failed: whatever can be taken, and what stood in its way. */
import { type Fields, fieldsOf, misfit, NotDecodable, text } from "./go-json.ts";

export interface ReadError {
  /** 0 when there is none */
  readonly code: number;
  readonly msg: string;
  readonly details: string;
  /** the decoder's complaint: the plugin's own words are lost then, its code is not */
  readonly problem?: string;
}

export function readErrorObject(document: unknown): ReadError {
  let problem: string | undefined;
  // Go's decoder notes the first misfit and goes on with the other fields.
  const attempt = <T>(read: () => T, otherwise: T): T => {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof NotDecodable)) throw error;
      problem ??= error.message;
      return otherwise;
    }
  };
  const field = attempt<Fields>(
    () => fieldsOf(document),
    () => undefined,
  );
  const code = attempt(() => unsigned(field("code")), 0);
  const msg = attempt(() => text(field("msg")), "");
  const details = attempt(() => text(field("details")), "");
  return { code, msg, details, ...(problem !== undefined && { problem }) };
}

function unsigned(value: unknown): number {
  if (value === undefined || value === null) return 0;
  if (typeof value === "number" && Number.isInteger(value) && value >= 0) return value;
  throw misfit(value, "uint");
}
