/** A verb without the variables it needs: each missing, each empty, all at once; every one is to be named. */
import { mustFail } from "./expect.ts";
import type { Judge } from "./judge.ts";
import type { CallOptions } from "./plugin-call.ts";
import type { Subject } from "./subject.ts";

export async function mustRequire(
  subject: Subject,
  t: Judge,
  verb: "ADD" | "CHECK" | "DEL",
  call: { readonly variables: readonly string[]; readonly options: CallOptions },
): Promise<void> {
  const { variables, options } = call;
  for (const missing of [...variables.map((name) => [name]), variables]) {
    for (const value of [undefined, ""]) {
      const environment = Object.fromEntries(missing.map((name) => [name, value]));
      const called = await subject.call(t, verb, { ...options, environment });
      const how = value === undefined ? "without" : "with an empty";
      const what = `${verb} ${how} ${missing.join(", ")}`;
      mustFail(t, called, { what, codes: [4], names: missing });
    }
  }
}
