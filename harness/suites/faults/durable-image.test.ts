import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { durableVariables } from "./durable.ts";

const run = promisify(execFile);
let folder: string;
before(() => {
  folder = mkdtempSync(join(tmpdir(), "durable-"));
});
after(() => rmSync(folder, { recursive: true }));

/** What a power cut would leave of the file "a" after these steps. */
async function left(name: string, steps: string): Promise<string | undefined> {
  const base = join(folder, name);
  const program = `
    import { mkdir, open, rename, unlink } from "node:fs/promises";
    const at = (name) => ${JSON.stringify(base)} + "/" + name;
    const sync = async (name) => { const f = await open(at(name), "r"); await f.sync(); await f.close(); };
    const write = async (name, text, synced) => {
      const f = await open(at(name), "w");
      await f.writeFile(text);
      if (synced) await f.sync();
      await f.close();
    };
    await mkdir(at(""), { recursive: true });
    ${steps}`;
  const image = join(folder, "image");
  const env = { ...process.env, ...durableVariables({ bases: [base], image }) };
  await run(process.execPath, ["--input-type=module", "-e", program], { env });
  const kept = join(image, base, "a");
  return existsSync(kept) ? readFileSync(kept, "utf8") : undefined;
}

test("a file that was synced, renamed and its folder synced survives", async () => {
  assert.equal(
    await left("1", 'await write("t", "x", true); await rename(at("t"), at("a")); await sync("");'),
    "x",
  );
});

test("a file whose content was not synced is empty", async () => {
  assert.equal(
    await left(
      "2",
      'await write("t", "x", false); await rename(at("t"), at("a")); await sync("");',
    ),
    "",
  );
});

test("a name whose folder was not synced is not there, and an older one keeps its content", async () => {
  assert.equal(
    await left("3", 'await write("t", "x", true); await rename(at("t"), at("a"));'),
    undefined,
  );
  const again = 'await write("u", "y", true); await rename(at("u"), at("a"));';
  assert.equal(
    await left(
      "4",
      `await write("t", "x", true); await rename(at("t"), at("a")); await sync(""); ${again}`,
    ),
    "x",
  );
});

test("a file that was removed comes back until its folder is synced", async () => {
  const made = 'await write("t", "x", true); await rename(at("t"), at("a")); await sync("");';
  assert.equal(await left("5", `${made} await unlink(at("a"));`), "x");
  assert.equal(await left("6", `${made} await unlink(at("a")); await sync("");`), undefined);
});

test("the preload is a file that exists", () => {
  const { NODE_OPTIONS = "" } = durableVariables({ bases: [], image: folder });
  assert.ok(existsSync(fileURLToPath(NODE_OPTIONS.replace("--import=", ""))));
});
