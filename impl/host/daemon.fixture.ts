/** For tests: the daemon over the in-memory kernel, as a process of its own whose memory can be asked for. */
import { memoryKernel } from "../netlink/memory.ts";
import { run } from "./run.ts";

const stop = new AbortController();
process.on("disconnect", () => process.exit());
process.on("message", () => {
  globalThis.gc?.();
  process.send?.(process.memoryUsage().rss);
});
process.exitCode = await run(process.argv.slice(2), {
  kernel: memoryKernel,
  stop: stop.signal,
  version: "fixture",
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
});
