/** The record as JUnit XML, in the dialect that CI systems share (https://github.com/testmoapp/junitxml). */
import type { Reporter } from "../core/event.ts";
import type { CheckRecord, RunRecord } from "../core/record.ts";

export function junitReporter(write: (xml: string) => void | Promise<void>): Reporter {
  return {
    name: "junit",
    on(event) {
      if (event.kind === "runFinished") return write(junitXml(event.record));
    },
  };
}

export function junitXml(record: RunRecord): string {
  const suites = [...new Set(record.checks.map(({ suite }) => suite))];
  const body = suites.map((suite) => {
    const checks = record.checks.filter((check) => check.suite === suite);
    const attributes = { name: suite, timestamp: record.startedAt, ...counts(checks) };
    return element("testsuite", attributes, checks.map(testcase));
  });
  // A run that did not get to its checks is an error too, or CI would show an empty success.
  if (record.verdict !== "passed" && record.reason !== undefined) {
    const error = element("error", { message: record.reason, type: record.verdict }, []);
    const run = element("testcase", { name: "the run", classname: "dnc" }, [error]);
    body.push(element("testsuite", { name: "dnc", tests: 1, errors: 1 }, [run]));
  }
  const attributes = { name: `dnc ${record.runId}`, ...counts(record.checks) };
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element("testsuites", attributes, body)}\n`;
}

function counts(checks: readonly CheckRecord[]): Record<string, string | number> {
  const of = (...kinds: CheckRecord["outcome"][]) =>
    checks.filter(({ outcome }) => kinds.includes(outcome)).length;
  const durationMs = checks.reduce((sum, check) => sum + check.durationMs, 0);
  return {
    tests: checks.length,
    failures: of("failed"),
    errors: of("blocked"),
    skipped: of("skipped", "notApplicable"),
    time: (durationMs / 1000).toFixed(3),
  };
}

function testcase(check: CheckRecord): string {
  const message = check.message ?? "";
  const body: string[] = [];
  switch (check.outcome) {
    case "failed":
      body.push(element("failure", { message }, [text(failureText(check))]));
      break;
    case "blocked":
      body.push(element("error", { message, type: "blocked" }, []));
      break;
    case "skipped":
      body.push(element("skipped", { message }, []));
      break;
    case "notApplicable":
      body.push(element("skipped", { message: `not applicable: ${message}` }, []));
      break;
    case "finding":
      body.push(element("system-out", {}, [text(`finding: ${message}`)]));
      break;
    case "passed":
      if (check.flaky) body.push(element("system-out", {}, [text(`flaky: ${message}`)]));
      break;
  }
  const time = (check.durationMs / 1000).toFixed(3);
  return element(
    "testcase",
    { name: `${check.id} ${check.title}`, classname: check.suite, time },
    body,
  );
}

function failureText(check: CheckRecord): string {
  return [
    check.message ?? "",
    ...(check.expected === undefined ? [] : [`expected: ${check.expected}`]),
    ...(check.actual === undefined ? [] : [`actual: ${check.actual}`]),
    ...check.log.slice(-20),
    `again: ${check.repeat}`,
  ].join("\n");
}

function element(
  name: string,
  attributes: Readonly<Record<string, string | number>>,
  children: readonly string[],
): string {
  const head = Object.entries(attributes)
    .map(([key, value]) => ` ${key}="${text(String(value))}"`)
    .join("");
  return children.length === 0
    ? `<${name}${head}/>`
    : `<${name}${head}>${children.join("\n")}</${name}>`;
}

const escapes: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "\n": "&#10;",
  "\r": "&#13;",
  "\t": "&#9;",
};

/** Escaped; what XML 1.0 has no way to say (control characters, lone surrogates) becomes U+FFFD. */
function text(value: string): string {
  return (
    value
      .replace(/\p{Surrogate}/gu, "\ufffd")
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what XML forbids
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ufffe\uffff]/g, "\ufffd")
      .replace(/[&<>"\n\r\t]/g, (character) => escapes[character] ?? "")
  );
}
