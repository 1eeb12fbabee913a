/** Turns chunks of text into lines that wait until somebody asks: nothing said early is lost, each line is given once. */
import { StringDecoder } from "node:string_decoder";

export class LineQueue {
  readonly #decoder = new StringDecoder("utf8");
  readonly #ready: string[] = [];
  readonly #waiting: ((line: string | undefined) => void)[] = [];
  #rest = "";
  #ended = false;

  push(chunk: Uint8Array): void {
    const lines = (this.#rest + this.#decoder.write(Buffer.from(chunk))).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) this.#give(line);
  }

  /** A last line without its newline counts. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    if (this.#rest !== "") this.#give(this.#rest);
    for (const take of this.#waiting.splice(0)) take(undefined);
  }

  /** May be called again: it goes on where the last reader stopped. */
  async *lines(): AsyncGenerator<string, void, undefined> {
    for (let line = await this.#take(); line !== undefined; line = await this.#take()) yield line;
  }

  #give(line: string): void {
    const take = this.#waiting.shift();
    if (take === undefined) this.#ready.push(line);
    else take(line);
  }

  #take(): Promise<string | undefined> | string | undefined {
    const line = this.#ready.shift();
    if (line !== undefined || this.#ended) return line;
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}
