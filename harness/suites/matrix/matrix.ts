/** The suite matrix: every kind of place sends to every other, over each dataplane, each family and each protocol. */
import type { Cell } from "../../core/cell.ts";
import type { Check, CheckContext } from "../../core/check.ts";
import type { Suite } from "../../core/suite.ts";
import type { SuiteFactory } from "../../core/suite-factory.ts";
import { allCells, cellId, cellTitle } from "./cell.ts";
import { type Field, openField } from "./field.ts";
import { planesAsked } from "./planes-asked.ts";
import { reachCell } from "./reach-cell.ts";

const title = "every kind of place reaches every other over each dataplane, as a table";
const sideBySide = 12;

export const matrix: SuiteFactory = {
  name: "matrix",
  title,
  isDefault: false,
  // Two for each of three dataplanes, one for each of two foreign plugins, and the world outside.
  wantsNodes: 9,
  create(options): Suite<Field> {
    const specs = planesAsked(options);
    return {
      ...{ name: "matrix", title, parallel: sideBySide },
      checks: () => allCells(specs.map(({ name }) => name)).map(checkOf),
      open: (context) => openField(context, specs),
    };
  },
};

function checkOf(cell: Cell): Check<Field> {
  return {
    ...{ id: cellId(cell), title: cellTitle(cell), cell },
    run: (field, t: CheckContext) => reachCell(cell, field, t),
  };
}
