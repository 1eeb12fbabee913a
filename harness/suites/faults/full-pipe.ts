/** A runtime that does not read: the executable's stdout is a pipe that is full, until it is drained or closed. */
import {
  closeSync,
  constants,
  openSync,
  readSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { chmod } from "node:fs/promises";
import { join } from "node:path";
import { errnoOf } from "../../../impl/base/errno.ts";
import type { Place } from "../../core/backend.ts";
import type { Network } from "../../runtime/network.ts";

export interface FullPipe extends Disposable {
  /** the network, with executables that write into the pipe */
  readonly network: Network;
  /** The reader goes away: EPIPE. */
  close(): void;
  /** The reader reads all there is, again and again until it is closed. */
  drain(): void;
}

export async function fullPipe(place: Place, network: Network, folder: string): Promise<FullPipe> {
  const path = join(folder, "stdout");
  const made = await place.exec(["mkfifo", path]);
  if (made.exitCode !== 0) throw new Error(`Cannot make the pipe "${path}": ${made.stderr}`);
  // In this order: to open a pipe for writing without waiting, it must have a reader.
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const writer = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
  fill(writer);
  closeSync(writer);
  const [plugin] = network.plugins;
  const executable = join(folder, plugin?.type ?? "");
  const real = join(network.cniPath[0] ?? "", plugin?.type ?? "");
  writeFileSync(executable, `#!/bin/sh\nexec "${real}" > "${path}"\n`);
  await chmod(executable, 0o755);
  let draining: NodeJS.Timeout | undefined;
  let isOpen = true;
  const close = () => {
    clearInterval(draining);
    if (isOpen) closeSync(reader);
    isOpen = false;
  };
  return {
    network: { ...network, cniPath: [folder] },
    close,
    drain() {
      draining ??= setInterval(() => empty(reader), 2);
    },
    [Symbol.dispose]() {
      close();
      for (const file of [path, executable]) rmSync(file, { force: true });
    },
  };
}

function fill(writer: number): void {
  const page = Buffer.alloc(4096);
  untilAgain(() => writeSync(writer, page));
}

function empty(reader: number): void {
  const page = Buffer.alloc(65_536);
  untilAgain(() => readSync(reader, page) === 0 && stop());
}

const over = Object.assign(new Error("nothing more"), { code: "EAGAIN" });

function stop(): never {
  throw over;
}

function untilAgain(step: () => unknown): void {
  for (;;) {
    try {
      step();
    } catch (error) {
      if (errnoOf(error) === "EAGAIN") return;
      throw error;
    }
  }
}
