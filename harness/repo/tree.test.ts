/** Holds the tree to its rules: import directions, cycles, sizes, headers, dependencies. */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { brokenImports, cycleIn } from "./imports.ts";
import { exempt, maxFileLines, runtimeDependencies } from "./rules.ts";
import { isGenerated, isTest, projectRoot, readSource, readTree } from "./tree.ts";

const tree = readTree();
const own = tree.filter((file) => !isGenerated(file.path));
const packageJson = JSON.parse(readFileSync(join(projectRoot, "package.json"), "utf8")) as {
  dependencies: Record<string, string>;
};

test("the tree has source files to look at", () => {
  assert.ok(own.length > 50, `only ${own.length} files were found`);
});

test("every file imports only what its folder may import", () => {
  assert.deepEqual(brokenImports(own), []);
});

test("a forbidden import is found and named", () => {
  const bad = readSource("impl/host/x.ts", 'import { a } from "../dpu/ports.ts";\n');
  assert.deepEqual(brokenImports([bad]), ["impl/host/x.ts may not import impl/dpu/ports.ts"]);
  const judge = readSource(
    "harness/suites/x.ts",
    'import type { a } from "../../impl/cni/types.ts";',
  );
  assert.equal(brokenImports([judge]).length, 1);
});

test("imports form no cycle", () => {
  assert.equal(cycleIn(own), undefined);
});

test("a cycle is found", () => {
  const files = [
    readSource("impl/base/a.ts", 'import { b } from "./b.ts";'),
    readSource("impl/base/b.ts", 'import { a } from "./a.ts";'),
  ];
  assert.match(cycleIn(files) ?? "", /a\.ts → .*b\.ts → .*a\.ts/);
});

test("every imported project file exists", () => {
  const missing = own.flatMap((file) =>
    file.imports
      .filter((path) => !existsSync(join(projectRoot, path)))
      .map((path) => `${file.path}: ${path}`),
  );
  assert.deepEqual(missing, []);
});

test("no file is longer than the limit", () => {
  const long = own.filter((file) => file.lines > maxFileLines && !(file.path in exempt));
  assert.deepEqual(
    long.map((file) => `${file.path} has ${file.lines} lines`),
    [],
  );
});

test("every file but a test opens with a sentence that says what it is for", () => {
  const header = /^(#!.*\n)?\/\*\*[\s\S]*?\*\//;
  const bare = own.filter(
    (file) => !isTest(file.path) && !header.test(file.text) && !(file.path in exempt),
  );
  assert.deepEqual(
    bare.map((file) => file.path),
    [],
  );
});

test("every run-time dependency has a reason and is used, and nothing else is imported", () => {
  assert.deepEqual(
    Object.keys(packageJson.dependencies).sort(),
    Object.keys(runtimeDependencies).sort(),
  );
  const used = new Set(tree.filter((file) => !isTest(file.path)).flatMap((file) => file.packages));
  assert.deepEqual([...used].sort(), Object.keys(runtimeDependencies).sort());
});

test("the top level holds only the folders and files that are agreed", () => {
  const agreed = [
    ...["harness", "impl", "fixtures", "scenarios", "hw", "proto", "node_modules", "results"],
    ...["package.json", "package-lock.json", "tsconfig.json", "biome.json"],
    ...["README.md", "CONTRIBUTING.md", "LICENSE"],
  ];
  const extra = readdirSync(projectRoot).filter(
    (name) => !name.startsWith(".") && !agreed.includes(name),
  );
  assert.deepEqual(extra, []);
});
