/** Reads everything a network namespace holds, by iproute2, tc and nft, in as few processes as these tools allow. */
import { mustRun } from "./run-command.ts";
import {
  devicesWithQdiscs,
  filterLines,
  linkLines,
  neighLines,
  nftLines,
  qdiscLines,
  routeLines,
  ruleLines,
} from "./snapshot-lines.ts";
import { findTool } from "./tool-path.ts";

const deadlineMs = 10_000;
const separator = "%%";

/** What `ip -batch` answers with one line of JSON each. */
const questions = [
  "address show",
  "route show table all",
  "neigh show nud permanent",
  "neigh show proxy",
  "rule show",
];

/** @param enter argv that enters the namespace; empty for this process's own */
export async function networkLines(enter: readonly string[]): Promise<readonly string[]> {
  const output = await mustRun([...enter, "sh", "-c", script()], { timeoutMs: deadlineMs });
  const [ip = "", rule6 = "", qdiscs = "", nft = ""] = output
    .split(`${separator}\n`)
    .map((part) => part.trim());
  const answers = ip.split("\n").map((line): unknown => JSON.parse(line));
  if (answers.length !== questions.length) {
    throw new Error(`Cannot read a namespace: "ip -batch" answered ${answers.length} questions`);
  }
  const [addresses, routes, neighs, proxies, rules] = answers;
  const tc = qdiscs === "" ? [] : (JSON.parse(qdiscs) as unknown);
  return [
    ...linkLines(addresses),
    ...routeLines(routes),
    ...neighLines(neighs, proxies),
    ...ruleLines(rules, rule6 === "" ? [] : JSON.parse(rule6)),
    ...qdiscLines(tc),
    ...(await allFilters(enter, devicesWithQdiscs(tc))),
    ...nftLines(nft),
  ];
}

/** Links and addresses only: what a world could leave in the machine's own namespace. */
export async function machineLines(): Promise<readonly string[]> {
  const argv = ["ip", "-j", "-d", "address", "show"];
  return linkLines(JSON.parse(await mustRun(argv, { timeoutMs: deadlineMs })));
}

function script(): string {
  const lines = questions.map((question) => `${question}\\n`).join("");
  const next = `echo ${separator}`;
  return [
    `printf '${lines}' | ip -j -d -batch -`,
    next,
    "ip -j -6 rule show",
    next,
    findTool("tc") === undefined ? "" : "tc -j qdisc show",
    next,
    findTool("nft") === undefined ? "" : "nft -s list ruleset",
  ]
    .filter((line) => line !== "")
    .join("\n");
}

async function allFilters(
  enter: readonly string[],
  devices: readonly string[],
): Promise<readonly string[]> {
  const sides = ["root", "ingress", "egress"];
  const asked = devices.flatMap((dev) => sides.map((side) => ({ dev, side })));
  const answers = await Promise.all(
    asked.map(async ({ dev, side }) => {
      const argv = [...enter, "tc", "-j", "filter", "show", "dev", dev, side];
      // A device without such a hook is no error here; nor is one that has gone meanwhile.
      const output = await mustRun(argv, { timeoutMs: deadlineMs }).catch(() => "");
      return output.trim() === "" ? [] : filterLines(dev, side, JSON.parse(output));
    }),
  );
  return answers.flat();
}
