/** The line that moves: what is going on now and for how long. Without a terminal it speaks up only after silence. */
import type { Colors, Output } from "./output.ts";
import { duration } from "./terminal-check.ts";
import { visibleText } from "./visible-text.ts";

const redrawMs = 250;
/** without a terminal: the first sign of life, and those after it */
const silenceMs = 2_000;
const furtherSilenceMs = 5_000;

export class StatusLine {
  private readonly output: Output;
  private readonly colors: Colors;
  private readonly timer: NodeJS.Timeout | undefined;
  private doing = "";
  private sinceMs = performance.now();
  private printedMs = performance.now();
  private patienceMs = silenceMs;
  private drawn = false;

  constructor(output: Output, options: { readonly colors: Colors; readonly silent: boolean }) {
    this.output = output;
    this.colors = options.colors;
    if (options.silent) return;
    this.timer = setInterval(() => this.tick(), redrawMs);
    this.timer.unref();
  }

  show(doing: string): void {
    if (this.doing === doing) return;
    this.doing = visibleText(doing);
    this.sinceMs = performance.now();
  }

  print(line: string): void {
    const erase = this.drawn ? "\r\u001b[K" : "";
    this.drawn = false;
    this.output.write(`${erase}${line}\n`);
    this.printedMs = performance.now();
    this.patienceMs = silenceMs;
  }

  close(): void {
    clearInterval(this.timer);
    if (this.drawn) this.output.write("\r\u001b[K");
    this.drawn = false;
  }

  private tick(): void {
    if (this.doing === "") return;
    const nowMs = performance.now();
    const text = `… ${this.doing} (${duration(nowMs - this.sinceMs)})`;
    if (this.output.isTTY) {
      const width = (this.output.columns ?? 80) - 1;
      this.output.write(`\r\u001b[K${this.colors.dim(text.slice(0, width))}`);
      this.drawn = true;
    } else if (nowMs - this.printedMs >= this.patienceMs) {
      this.print(this.colors.dim(`  ${text}`));
      this.patienceMs = furtherSilenceMs;
    }
  }
}
