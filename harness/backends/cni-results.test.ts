import assert from "node:assert/strict";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { removeCniResults } from "./cni-results.ts";

test("removeCniResults() removes the results of pods below a directory and no others", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "results-"));
  t.after(() => rm(folder, { recursive: true }));
  const result = (sandbox: string) => JSON.stringify({ result: { interfaces: [{ sandbox }] } });
  await writeFile(join(folder, "own"), result("/run/dnc/dnc-1a2b/node1/runtime/state/netns/x"));
  await writeFile(join(folder, "of-another-world"), result("/run/dnc/dnc-1a2b3/node1/x"));
  await writeFile(join(folder, "of-the-machine"), result("/var/run/netns/cni-1"));
  assert.deepEqual(removeCniResults("/run/dnc/dnc-1a2b", folder), [join(folder, "own")]);
  assert.deepEqual(await readdir(folder), ["of-another-world", "of-the-machine"]);
  assert.deepEqual(removeCniResults("/run/dnc/dnc-1a2b", join(folder, "missing")), []);
});
