/** The process of the host daemon: signals, streams, exit code. */
import packageJson from "../../package.json" with { type: "json" };
import { linuxKernel } from "../netlink/linux.ts";
import { run } from "./run.ts";

const stop = new AbortController();
for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => stop.abort());

process.exitCode = await run(process.argv.slice(2), {
  kernel: linuxKernel,
  stop: stop.signal,
  version: packageJson.version,
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
});
