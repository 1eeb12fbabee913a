/** The daemon that one part of the tiny plugin depends on, and how a check takes it away. */
import { rm } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";
import type { Outage } from "../../../core/installation.ts";

export class TinyDaemon implements AsyncDisposable {
  readonly #path: string;
  readonly #open = new Set<Socket>();
  #server: Server | undefined;
  #isSilent = false;

  constructor(path: string) {
    this.#path = path;
  }

  async start(): Promise<void> {
    const server = createServer((socket) => {
      this.#open.add(socket);
      socket.on("close", () => this.#open.delete(socket));
      socket.on("error", () => socket.destroy());
      if (!this.#isSilent) socket.end("ok");
    });
    await new Promise<void>((resolve) => server.listen(this.#path, resolve));
    this.#server = server;
  }

  outages(): readonly Outage[] {
    return [
      {
        name: "daemon",
        kind: "stopped",
        begin: () => this.stop(),
        end: () => this.start(),
      },
      {
        name: "daemon",
        kind: "silent",
        begin: () => this.#silence(true),
        end: () => this.#silence(false),
      },
    ];
  }

  async #silence(isSilent: boolean): Promise<void> {
    this.#isSilent = isSilent;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    for (const socket of this.#open) socket.destroy();
    if (server !== undefined) await new Promise((resolve) => server.close(resolve));
    await rm(this.#path, { force: true });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}
