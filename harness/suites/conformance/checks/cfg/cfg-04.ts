/** The well-known keys mean the same everywhere: `dns` is for the result, no `ipam` is a link without addresses. */
import { mustFail, mustSucceed } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import { readable } from "../../readable.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

const dns = {
  nameservers: ["192.0.2.53"],
  domain: "example.org",
  search: ["a.example.org"],
  options: ["ndots:2"],
};

async function mustKeepDns(subject: Subject, t: Judge) {
  const pod = await subject.pod(t);
  const called = await subject.call(t, "ADD", { pod, config: { dns } });
  const { dns: given = {} } = readable(t, mustSucceed(t, called, "ADD with dns"));
  mustSucceed(t, await subject.call(t, "DEL", { pod, config: { dns } }), "DEL with dns");
  const said = Object.values(given).some((value) => value !== "" && String(value) !== "");
  if (!said) return t.log("dns of the configuration is not used");
  t.equal(given, dns, "dns of the result should be that of the configuration");
}

async function mustDoWithoutIpam(subject: Subject, t: Judge) {
  const pod = await subject.pod(t);
  const called = await subject.call(t, "ADD", { pod, config: { ipam: undefined } });
  if (called.answer.kind === "error") return mustFail(t, called, { what: "ADD without ipam" });
  const { ips } = readable(t, called.answer.document);
  t.equal(ips, [], "ADD without ipam should give no address");
}

export const cfg04: RequirementCheck = {
  id: "CFG-04",
  level: "SHOULD",
  section: "1",
  title: "well-known keys have their standard meaning: dns reaches the result, no ipam no address",
  since: "1.0.0",
  async run(subject: Subject, t: Judge) {
    await mustKeepDns(subject, t);
    if (subject.plugin.claims?.includes("delegates")) await mustDoWithoutIpam(subject, t);
  },
};
