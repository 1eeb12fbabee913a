/** Watches the processes a suite relies on: warns the moment one dies, and puts its name into what fails after that. */
import { setTimeout as sleep } from "node:timers/promises";
import { errorText } from "./error-text.ts";
import type { Outcome } from "./outcome.ts";
import type { Fixture } from "./suite.ts";

const periodMs = 200;
/** a check can see a closed connection before the parent hears of the death */
const hearingMs = 150;

export class CasualtyWatch implements Disposable {
  private readonly fixture: Fixture;
  private readonly warn: (line: string) => void;
  private readonly said = new Set<string>();
  private readonly timer: NodeJS.Timeout;

  constructor(fixture: Fixture, warn: (line: string) => void) {
    this.fixture = fixture;
    this.warn = warn;
    this.timer = setInterval(() => this.look(), periodMs);
    this.timer.unref();
  }

  /** All casualties so far; those not yet warned of are warned of now. */
  look(): readonly string[] {
    const casualties = this.ask();
    for (const casualty of casualties) {
      if (this.said.has(casualty)) continue;
      this.said.add(casualty);
      this.warn(casualty);
    }
    return casualties;
  }

  private ask(): readonly string[] {
    try {
      return this.fixture.casualties?.() ?? [];
    } catch (error) {
      return [`Cannot tell which processes live: ${errorText(error)}`];
    }
  }

  /** A failure with the casualties named; any other outcome as it is. */
  async explain(outcome: Outcome): Promise<Outcome> {
    if (outcome.kind !== "failed" || !this.fixture.casualties) return outcome;
    if (this.look().length === 0) await sleep(hearingMs);
    const casualties = this.look();
    if (casualties.length === 0) return outcome;
    return { ...outcome, message: `${outcome.message} (${casualties.join("; ")})` };
  }

  [Symbol.dispose](): void {
    clearInterval(this.timer);
  }
}
