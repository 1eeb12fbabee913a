/** Runs mutants under checks in several processes at once, and tells what came of each as it ends. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { profiles } from "../judge.ts";
import type { Trips } from "./trips.ts";

const shard = fileURLToPath(new URL("shard.ts", import.meta.url));
/** of a process that ends before it has answered: a machine that is short of memory ends some */
const mostDeaths = 3;

export const order = z.strictObject({ name: z.string(), ids: z.array(z.string()) });
export type Order = z.infer<typeof order>;

const answer = z.array(
  z.tuple([
    z.string(),
    z.strictObject({
      kind: z.enum(["passed", "failed", "notApplicable", "blocked", "skipped", "finding", "late"]),
      failed: z.array(z.enum(profiles)),
      message: z.string(),
      durationMs: z.number(),
    }),
  ]),
);

export async function judgeInShards(
  orders: readonly Order[],
  count: number,
  report: (order: Order, trips: Trips) => void,
): Promise<void> {
  const waiting = [...orders];
  let deaths = 0;
  const lane = async () => {
    while (waiting.length > 0) {
      // In a session of its own: on a busy machine the kernel shares the processors by session.
      const child = spawn(process.execPath, ["--import", "tsx", shard], {
        detached: true,
        stdio: ["pipe", "pipe", "inherit"],
      });
      child.stdin.on("error", () => {}); // it ended: it answers no more
      const ended = once(child, "exit");
      const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        child.stdin.write(`${JSON.stringify(next)}\n`);
        const { value, done } = await answers.next();
        if (done) {
          deaths += 1;
          if (deaths > mostDeaths)
            throw new Error(`Cannot judge "${next.name}": its process ended`);
          waiting.push(next);
          break;
        }
        report(next, new Map(answer.parse(JSON.parse(value))));
      }
      child.stdin.end();
      await ended;
    }
  };
  await Promise.all(Array.from({ length: count }, lane));
}
