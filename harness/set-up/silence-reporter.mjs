/** A second reporter for node:test: while a long test runs and nothing is printed, says every few seconds that it goes on. */
import { Transform } from "node:stream";

const silenceMs = 10_000;

// biome-ignore lint/style/noDefaultExport: node:test takes a reporter's default export
export default class SilenceReporter extends Transform {
  #startedMs = Date.now();
  #heardMs = this.#startedMs;
  #ended = 0;
  #last = "";
  #timer = setInterval(() => this.#look(), 1_000);

  constructor() {
    super({ writableObjectMode: true });
    this.#timer.unref();
  }

  _transform(event, _encoding, done) {
    if (event.type === "test:pass" || event.type === "test:fail") {
      this.#heardMs = Date.now();
      this.#ended += 1;
      this.#last = event.data.name;
    }
    done();
  }

  _flush(done) {
    clearInterval(this.#timer);
    done();
  }

  #look() {
    const nowMs = Date.now();
    if (nowMs - this.#heardMs < silenceMs) return;
    this.#heardMs = nowMs;
    const seconds = Math.round((nowMs - this.#startedMs) / 1_000);
    this.push(`… ${seconds} s, ${this.#ended} tests ended; what follows "${this.#last}" runs\n`);
  }
}
