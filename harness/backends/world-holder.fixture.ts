/** A process for tests that holds a world with a daemon in it: prints "ID PID", ends at SIGTERM. */
import { netnsBackend } from "./netns.ts";

const stop = new AbortController();
process.on("SIGTERM", () => stop.abort());
const world = await netnsBackend().up(
  { nodes: 1, vfs: 2 },
  { signal: stop.signal, progress: () => {} },
);
const daemon = world.nodes[0]?.host.spawn(["sleep", "600"], { name: "daemon" });
process.stdout.write(`${world.id} ${daemon?.pid}\n`);
await new Promise<void>((resolve) => {
  const awake = setInterval(() => {}, 1_000);
  stop.signal.addEventListener("abort", () => {
    clearInterval(awake);
    resolve();
  });
});
await world[Symbol.asyncDispose]();
