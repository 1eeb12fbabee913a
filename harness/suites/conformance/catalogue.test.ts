/** The catalogue has a check for every requirement, once, each fit to be read; and says where readings differ. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { isReleased } from "../../spec/version.ts";
import { catalogue } from "./catalogue.ts";

/** requirements of each area, numbered from 1 */
const areas = {
  ...{ PRO: 24, ERR: 11, VER: 6, ADD: 16, RES: 20, DEL: 20, CHK: 17 },
  ...{ STA: 12, GC: 16, CHN: 9, DLG: 13, CFG: 15, LIF: 6 },
};

const requirements = Object.entries(areas).flatMap(([area, count]) =>
  Array.from({ length: count }, (_, i) => `${area}-${String(i + 1).padStart(2, "0")}`),
);

function sourceOf(id: string): Promise<string> {
  const [area = ""] = id.toLowerCase().split("-");
  return readFile(new URL(`checks/${area}/${id.toLowerCase()}.ts`, import.meta.url), "utf8");
}

test("every requirement has exactly one check, in the order of the catalogue", () => {
  assert.equal(requirements.length, 185);
  assert.deepEqual(catalogue.map(({ id }) => id).toSorted(), requirements.toSorted());
});

test("each check has a title of its own, a section, and a released version", () => {
  const titles = catalogue.map(({ title }) => title.trim());
  const repeated = titles.filter((title, i) => title === "" || titles.indexOf(title) !== i);
  assert.deepEqual(repeated, []);
  const faulty = catalogue.filter(
    ({ section, since = "0.1.0" }) => section.trim() === "" || !isReleased(since),
  );
  assert.deepEqual(faulty, []);
});

test("a check that judges by some readings only says which, and no other does", async () => {
  for (const { id, readings = [] } of catalogue) {
    const source = await sourceOf(id);
    // The readings stand in the first argument, which is short.
    const calls = [...source.matchAll(/\.against\(([\s\S]{0,80})/g)];
    const used = calls.flatMap(
      ([, start = ""]) => start.match(/(?<=")(strict|skel|runtime)(?=")/g) ?? [],
    );
    assert.deepEqual(new Set(readings), new Set(used), id);
  }
});
