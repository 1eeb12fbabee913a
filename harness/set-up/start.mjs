/** `npm start`: sets up what is missing, then runs the main job, `dnc run`, with the arguments given. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { root, SetUpError, setUp } from "./set-up.mjs";

try {
  await setUp();
} catch (error) {
  if (!(error instanceof SetUpError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(2);
}

const given = process.argv.slice(2);
const child = spawn(process.execPath, [join(root, "harness", "dnc.mjs"), "run", ...given], {
  stdio: "inherit",
});
// The terminal signals the whole group; a lone signal to this process is passed on. Either way the run ends first.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.on(signal, () => process.stdin.isTTY || child.kill(signal));
}
child.on("exit", (code, signal) => process.exit(signal ? 128 + 2 : (code ?? 2)));
