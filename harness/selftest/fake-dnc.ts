/** The program dnc over a world in memory and suites of its own, to be spawned by tests that need a real process. */
import { setTimeout as sleep } from "node:timers/promises";
import { runProgram } from "../cli/program.ts";
import { realOutside } from "../cli/real-outside.ts";
import type { RunOptions, SuiteFactory } from "../core/suite-factory.ts";
import { UsageError } from "../core/usage-error.ts";
import { fakeBackend } from "./fake-world.ts";
import { type InlineSuite, inlineSuite } from "./inline-suite.ts";

const suites: readonly SuiteFactory[] = [
  factory({ name: "good", checks: { "ADD-01": () => {}, "ADD-02": () => {} } }),
  factory({
    name: "bad",
    isDefault: false,
    checks: { "DEL.1": (t) => t.fail("the VF stayed\n::x") },
  }),
  factory({
    name: "slow",
    isDefault: false,
    checks: { waits: (t) => sleep(60_000, undefined, { signal: t.signal }).then(() => {}) },
  }),
  factory({
    name: "deaf",
    isDefault: false,
    checks: {},
    open: () => new Promise(() => setInterval(() => {}, 1_000)),
  }),
  factory({
    name: "faulty",
    isDefault: false,
    checks: {
      throwsLater: async () => {
        setTimeout(() => {
          throw new Error("nobody caught this");
        }, 1);
        await sleep(50);
      },
    },
  }),
  factory({
    name: "measures",
    isDefault: false,
    checks: {
      add: (t) => {
        const value = 10 * Number(process.env["DNC_FAKE_FACTOR"] ?? 1);
        const samples = Array.from({ length: 30 }, (_, i) => value + (i - 14.5) / 100);
        const interval = { low: value - 0.1, high: value + 0.1, n: 30 };
        t.figure({ name: "add.p50", unit: "ms", better: "lower", value, samples, ...interval });
        t.noFigure("ratio.stream", "no iperf3 here");
      },
    },
  }),
  factory({ name: "skips", isDefault: false, checks: { a: (t) => t.skip("no card here") } }),
];

function factory({
  isDefault = true,
  ...suite
}: InlineSuite & { isDefault?: boolean }): SuiteFactory {
  const checks = Object.keys(suite.checks).length > 0 ? suite.checks : { never: () => {} };
  const made = inlineSuite({ ...suite, checks });
  return {
    name: made.name,
    title: made.title,
    isDefault,
    create({ plugins }: RunOptions) {
      const unknown = plugins.find((plugin) => plugin !== "offload");
      if (unknown !== undefined) throw new UsageError(`Cannot judge "${unknown}": no such plugin`);
      return made;
    },
  };
}

await runProgram({
  ...realOutside(),
  suites: async () => suites,
  backend: async () =>
    fakeBackend({
      removed: ["dnc-0001"],
      prerequisites: [
        { name: "nsenter", state: "found", detail: "2.38" },
        { name: "veth", state: "missing", detail: "no links", remedy: "modprobe veth" },
      ],
    }),
  ensurePrivileges: async () => undefined,
});
