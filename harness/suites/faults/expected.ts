/** What must have become of the attachment of a case, by what the runtime saw and did; pure. */
import type { ContinuationName, FaultCase } from "./grid.ts";

/** What the runtime saw of the verb that met the fault; "nothing": the executable died, or could not get an answer. */
export type Saw = "success" | "failure" | "nothing";

/** "either": wholly there or wholly gone; there was no way for the product to know. */
export type Expected = "alive" | "gone" | "either";

export function expected(one: FaultCase, saw: Saw): Expected {
  const { boundary, continuation } = one;
  const ended: readonly ContinuationName[] = ["del", "del-twice", "reboot"];
  if (ended.includes(continuation)) return "gone";
  return boundary.verb === "ADD" ? afterAdd(one, saw) : afterDel(one, saw);
}

function afterAdd({ fault, continuation }: FaultCase, saw: Saw): Expected {
  switch (saw) {
    case "success":
      return "alive";
    case "failure":
      // Whoever says that an ADD failed has undone it, or goes on until it is undone.
      return "gone";
    case "nothing":
      // GC spares an ADD that is under way: the runtime made its list before it.
      return continuation === "gc" && fault !== "hang" ? "gone" : "either";
  }
}

function afterDel({ continuation }: FaultCase, saw: Saw): Expected {
  return saw === "success" || continuation === "gc" ? "gone" : "either";
}
