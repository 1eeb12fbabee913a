/** Stdout of ADD and VERSION is one JSON object and nothing else: no log line, no second document. */
import type { Judge } from "../../judge.ts";
import { anyRole, type RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

function isOneObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

export const pro04: RequirementCheck = {
  id: "PRO-04",
  level: "MUST",
  section: "2 ADD, 5",
  title: "stdout of ADD and VERSION is one JSON object and nothing else",
  roles: anyRole,
  async run(subject: Subject, t: Judge) {
    const pod = await subject.pod(t);
    for (const verb of ["ADD", "VERSION"] as const) {
      const { evidence } = await subject.call(t, verb, verb === "ADD" ? { pod } : {});
      t.must(
        isOneObject(evidence.stdout),
        `${verb} should print one JSON object, it prints: ${evidence.stdout.slice(0, 200)}`,
      );
    }
  },
};
