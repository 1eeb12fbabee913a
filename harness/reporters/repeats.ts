/** Checks that ended for a reason already on the screen: one dead daemon is one cause, however many checks it takes along. */
import type { CheckRecord } from "../core/record.ts";
import type { Colors } from "./output.ts";

export class Repeats {
  private readonly said = new Map<string, { readonly first: string; readonly ids: string[] }>();

  /** True when the reason was said before: the check then waits for `lines`. */
  holds(check: CheckRecord): boolean {
    const { outcome, suite, id, message = "" } = check;
    if (outcome !== "blocked" && outcome !== "skipped" && outcome !== "notApplicable") return false;
    const reason = `${outcome} ${suite} ${message}`;
    const known = this.said.get(reason);
    if (known === undefined) this.said.set(reason, { first: id, ids: [] });
    else known.ids.push(id);
    return known !== undefined;
  }

  /** "⊘ 26 more as ADD-01: ADD-02, ADD-03 …", once. */
  lines(colors: Colors): readonly string[] {
    const held = [...this.said].filter(([, { ids }]) => ids.length > 0);
    this.said.clear();
    return held.map(([reason, { first, ids }]) => {
      const line = `${ids.length} more as ${first}: ${ids.join(", ")}`;
      if (reason.startsWith("blocked")) return `${colors.magenta("⊘")} ${line}`;
      return reason.startsWith("skipped") ? `${colors.cyan("-")} ${line}` : colors.dim(`· ${line}`);
    });
  }
}
