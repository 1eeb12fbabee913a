/** Which files a snapshot lists, and what change of them it notices. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import type { NodePaths } from "../core/backend.ts";
import { fileLines } from "./snapshot-files.ts";

const root = mkdtempSync(join(tmpdir(), "files-"));
after(() => rmSync(root, { recursive: true }));
const below = (name: string) => join(root, name);
const paths: NodePaths = {
  cniBin: below("bin"),
  cniConf: below("conf"),
  hostState: below("state"),
  dpuState: below("missing"),
  run: below("run"),
  logs: below("logs"),
  runtime: below("runtime"),
  sysfsRoot: below("sys"),
};
for (const name of ["bin", "conf", "state/networks", "run", "logs", "sys"]) {
  mkdirSync(below(name), { recursive: true });
}
writeFileSync(below("state/networks/last_reserved_ip.0"), "10.0.0.1");
writeFileSync(below("logs/a.log"), "words");
writeFileSync(below("state/lease"), "one");
symlinkSync("/run/host.sock", below("bin/offload-cni.sock"));

test("fileLines() lists folders, files and links, without logs and what changes by design", () => {
  const lines = fileLines(paths);
  assert.equal(lines.length, 3);
  assert.equal(lines[0], "symlink bin/offload-cni.sock /run/host.sock");
  assert.match(lines[1] ?? "", /^file state\/host\/lease 3 bytes [0-9a-f]{12}$/);
  assert.equal(lines[2], "folder state/host/networks");
});

test("fileLines() notices other content of the same size in a state file", () => {
  const before = fileLines(paths);
  writeFileSync(below("state/lease"), "two");
  assert.notDeepEqual(fileLines(paths), before);
});
