/** A command for tests that makes a world with whatever privileges it gets: `wait` for a signal, `retain` it, or neither. Exits with 7. */
import { netnsBackend } from "./netns.ts";
import { ensurePrivileges } from "./unprivileged.ts";

const done = await ensurePrivileges(process.argv);
if (done !== undefined) process.exit(done);

const stop = new AbortController();
const signals: string[] = [];
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    signals.push(signal);
    stop.abort();
  });
}
const [what] = process.argv.slice(2);
const never = new AbortController().signal;
const world = await netnsBackend().up({ nodes: 1, vfs: 1 }, { signal: never, progress: () => {} });
process.stdout.write(`${world.id} ${process.getuid?.()}\n`);
if (what === "wait") {
  await new Promise<void>((resolve) => {
    const awake = setInterval(() => {}, 1_000);
    stop.signal.addEventListener("abort", () => {
      // A second signal would be the same one delivered twice.
      setTimeout(() => {
        clearInterval(awake);
        resolve();
      }, 100);
    });
  });
}
if (what === "retain") world.retain();
await world[Symbol.asyncDispose]();
process.stdout.write(`${signals.join(" ")}\n`);
process.exit(7);
