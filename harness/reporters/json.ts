/** The record as JSON on an output, once, at the end. */
import type { Reporter } from "../core/event.ts";
import type { Output } from "./output.ts";

export function jsonReporter(output: Output): Reporter {
  return {
    name: "json",
    on(event) {
      if (event.kind !== "runFinished") return;
      output.write(`${JSON.stringify(event.record, undefined, 2)}\n`);
    },
  };
}
