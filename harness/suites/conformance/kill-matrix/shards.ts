/** Runs mutants under all checks in their scope, in several processes at once, and says what each tripped as it ends. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { z } from "zod";

const shard = fileURLToPath(new URL("shard.ts", import.meta.url));

const answer = z.strictObject({
  /** requirement → "all", or the profiles by which it failed */
  trips: z.record(z.string(), z.string()),
  messages: z.record(z.string(), z.string()),
  durationMs: z.number(),
});

export type ShardAnswer = z.infer<typeof answer>;

export async function judgeInShards(
  names: readonly string[],
  count: number,
  report: (name: string, answer: ShardAnswer) => void,
): Promise<void> {
  const waiting = [...names];
  const lane = async () => {
    const child = spawn(process.execPath, ["--import", "tsx", shard], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    const ended = once(child, "exit");
    const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      child.stdin.write(`${name}\n`);
      const { value, done } = await answers.next();
      if (done) throw new Error(`Cannot judge "${name}": its process ended`);
      report(name, answer.parse(JSON.parse(value)));
    }
    child.stdin.end();
    await ended;
  };
  await Promise.all(Array.from({ length: count }, lane));
}
