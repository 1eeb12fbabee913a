/** What is accepted and refused of a plugin's output: libcni's table, with each departure flagged. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { readAnswer } from "./answer.ts";

function ran(exitCode: number | undefined, stdout: string, stderr = "", signal?: string) {
  return {
    timedOut: false,
    evidence: {
      kind: "command" as const,
      argv: ["plugin"],
      environment: {},
      stdin: "",
      stdout,
      stderr,
      durationMs: 1,
      ...(exitCode === undefined ? {} : { exitCode }),
      ...(signal === undefined ? {} : { signal }),
    },
  };
}

const ip = { address: "10.0.0.1/24", interface: 0 };
const result = { cniVersion: "1.1.0", interfaces: [{ name: "eth0", sandbox: "/n" }], ips: [ip] };

interface Row {
  readonly does: string;
  readonly run: ReturnType<typeof ran>;
  readonly kind: "success" | "error";
  readonly says?: RegExp;
  readonly violation?: RegExp;
}

const rows: readonly Row[] = [
  { does: "prints a valid result", run: ran(0, JSON.stringify(result)), kind: "success" },
  {
    does: "prints an error object and exits 0",
    run: ran(0, '{"code":7,"msg":"x"}'),
    kind: "success",
    violation: /error object/,
  },
  { does: "prints null", run: ran(0, "null"), kind: "success", violation: /null/ },
  { does: "prints nothing", run: ran(0, ""), kind: "error", says: /unexpected end of JSON/ },
  {
    does: "logs before its result",
    run: ran(0, `hello\n${JSON.stringify(result)}`),
    kind: "error",
  },
  { does: "prints two documents", run: ran(0, "{}{}"), kind: "error" },
  {
    does: "leaves cniVersion out",
    run: ran(0, JSON.stringify({ ...result, cniVersion: undefined })),
    kind: "success",
    violation: /no cniVersion/,
  },
  {
    does: "answers in another released version",
    run: ran(0, JSON.stringify({ cniVersion: "1.0.0" })),
    kind: "success",
    violation: /of 1\.0\.0, asked was 1\.1\.0/,
  },
  {
    does: "answers in an unknown version",
    run: ran(0, JSON.stringify({ ...result, cniVersion: "9.9.9" })),
    kind: "error",
    says: /unsupported CNI result version/,
  },
  {
    does: "points ips[].interface past the end",
    run: ran(0, JSON.stringify({ ...result, ips: [{ ...ip, interface: 7 }] })),
    kind: "success",
    violation: /7 of 1/,
  },
  {
    does: "fails with an error object",
    run: ran(1, '{"cniVersion":"1.1.0","code":11,"msg":"later"}', "noise"),
    kind: "error",
    says: /^later$/,
  },
  {
    does: "puts its error on stderr only",
    run: ran(1, "", '{"code":11,"msg":"later"}'),
    kind: "error",
    says: /^netplugin failed: .*\\"code\\":11.*: exit status 1$/,
    violation: /stderr only/,
  },
  {
    does: "prints a result and an error",
    run: ran(1, `${JSON.stringify(result)}{"code":1,"msg":"x"}`),
    kind: "error",
    says: /error parsing its diagnostic/,
  },
  {
    does: "dies silently by a signal",
    run: ran(undefined, "", "", "SIGKILL"),
    kind: "error",
    says: /no error message: signal: killed/,
  },
];

for (const row of rows) {
  test(`a plugin that ${row.does} is read as ${row.kind}`, () => {
    const answer = readAnswer("ADD", "1.1.0", row.run);
    assert.equal(answer.kind, row.kind);
    if (row.says !== undefined && answer.kind === "error") assert.match(answer.msg, row.says);
    if (row.violation !== undefined) assert.match(answer.violations.join("; "), row.violation);
    else if (row.kind === "success") assert.deepEqual(answer.violations, []);
  });
}

test("an error object with a misfit loses its words and keeps its code, as libcni has it", () => {
  const answer = readAnswer("ADD", "1.1.0", ran(1, '{"code":7,"msg":5}'));
  assert.ok(answer.kind === "error" && answer.code === 7);
  assert.match(answer.msg, /error parsing .* json: cannot unmarshal number/);
});

test("an error on stderr only has lost its code", () => {
  const answer = readAnswer("ADD", "1.1.0", ran(1, "", '{"code":11,"msg":"later"}'));
  assert.ok(answer.kind === "error" && answer.code === 0);
});

test("DEL that prints on success is accepted and flagged", () => {
  const answer = readAnswer("DEL", "1.1.0", ran(0, "{}"));
  assert.equal(answer.kind, "success");
  assert.match(answer.violations.join(), /printed on stdout/);
});

test("any output and exit status gives an answer, never an exception", () => {
  const outputs = fc.oneof(
    fc.string(),
    fc.json(),
    fc.json().map((text) => `${text}\n${text}`),
  );
  fc.assert(
    fc.property(fc.nat(3), outputs, fc.string(), (exitCode, stdout, stderr) => {
      const { kind } = readAnswer("ADD", "1.1.0", ran(exitCode, stdout, stderr));
      if (exitCode !== 0) assert.equal(kind, "error");
    }),
  );
});
