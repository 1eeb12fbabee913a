/** The specification's own procedure: what it asks of a runtime and nothing of any product. */
import { consumeByText } from "../consume.ts";
import type { Personality } from "../personality.ts";
import { textProcedure } from "../procedures/text.ts";

export const text: Personality = {
  name: "text",
  procedure: textProcedure,
  deadlinesMs: {},
  attachesLoopback: false,
  shufflesArguments: false,
  stopsAtFailedDel: false,
  asksVersionAtLoad: false,
  collectsAtStart: false,
  checksAfterAdd: false,
  refusesTakenNames: false,
  listsOwnAttachments: false,
  forgetsConfiguration: false,
  skipsGonePods: false,
  cniArgs: () => ({}),
  capabilityArguments: () => ({}),
  consume: consumeByText,
  failedDel: () => "retried",
};
