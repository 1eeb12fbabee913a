import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { createLog } from "./log.ts";
import { pause, pauseIn, warnOfPauses } from "./pause.ts";
import { sleep } from "./time.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pause-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function until(condition: () => boolean): Promise<void> {
  for (let left = 500; left > 0 && !condition(); left -= 1) await sleep(2);
  assert.ok(condition());
}

test("without the variable there is nothing to call", () => {
  assert.equal(pause, undefined);
  assert.equal(pauseIn(""), undefined);
});

test("an instant nobody asked for is passed, and so is one of another attachment", async () => {
  const held = pauseIn(folder);
  await held?.("add-begun", "net/a/eth0");
  writeFileSync(join(folder, "add-begun"), "net/b/eth0");
  await held?.("add-begun", "net/a/eth0");
  assert.deepEqual(readdirSync(folder), ["add-begun"]);
});

test("the first to come waits until it is told to go on; the next one passes", async () => {
  const held = pauseIn(folder);
  writeFileSync(join(folder, "add-begun"), "net/a/eth0");
  let over = false;
  const first = held?.("add-begun", "net/a/eth0").then(() => {
    over = true;
  });
  await held?.("add-begun", "net/a/eth0");
  assert.ok(existsSync(join(folder, "add-begun.reached")));
  await sleep(20);
  assert.equal(over, false);
  writeFileSync(join(folder, "add-begun.go"), "");
  await first;
  assert.deepEqual(readdirSync(folder), []);
});

test("it fails with the text that it is given", async () => {
  writeFileSync(join(folder, "port-added"), "");
  const held = pauseIn(folder)?.("port-added", "net/a/eth0");
  await until(() => existsSync(join(folder, "port-added.reached")));
  writeFileSync(join(folder, "port-added.go"), "Cannot go on: told so");
  await assert.rejects(held ?? Promise.resolve(), /^Error: Cannot go on: told so$/);
});

test("the log says that the process can be held, and when it is", async () => {
  const lines: string[] = [];
  const log = createLog({ component: "t", write: (line) => void lines.push(line) });
  warnOfPauses(log, undefined);
  assert.deepEqual(lines, []);
  warnOfPauses(log, folder);
  writeFileSync(join(folder, "add-begun"), "");
  writeFileSync(join(folder, "add-begun.go"), "");
  await pauseIn(folder)?.("add-begun", "net/a/eth0");
  const said = lines.map((line) => JSON.parse(line));
  assert.deepEqual(
    said.map(({ level }) => level),
    ["warn", "warn", "warn"],
  );
  assert.match(said[0].message, /for tests only/);
  assert.equal(said[1].instant, "add-begun");
});
