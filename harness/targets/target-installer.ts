/** Brings the plugin of a target file onto a world: it stays where it is; the nodes get what its file says. */
import { mkdir, rm } from "node:fs/promises";
import { resolve } from "node:path";
import type { Node, World } from "../core/backend.ts";
import { fill } from "../core/fill.ts";
import type { Installation, Installer, Outage } from "../core/installation.ts";
import { OutcomeSignal } from "../core/outcome.ts";
import type { Plugin } from "../core/plugin.ts";
import { findExecutable } from "../runtime/find-executable.ts";
import { claimedVersions } from "./claimed-versions.ts";
import type { KnownFindings } from "./known-findings.ts";
import { outputsOf, runAll, tryAll } from "./node-commands.ts";
import { splitList } from "./object-under-test.ts";
import { placeholdersOf, stateOf } from "./placeholders.ts";
import type { ForeignTarget } from "./target.ts";
import { vfTaker } from "./vf-taker.ts";

/** what a file cannot say, since it is found out on the world */
interface Found {
  readonly cniPath: readonly string[];
  readonly versions: readonly string[];
  readonly build: string | undefined;
}

/** why, and what would make it quicker */
const alone =
  "judged on one node, one check at a time; where --conf names the folder of its state as {state}, several at a time";

interface TargetOptions {
  /** where relative paths of the file start */
  readonly directory: string;
  readonly known: KnownFindings | undefined;
  /** it comes from no file, so that nobody had a chance to say it */
  readonly tearDownUnknown?: boolean;
}

export function targetInstaller(
  target: ForeignTarget,
  { directory, known, tearDownUnknown = false }: TargetOptions,
): Installer {
  const oneNode = tearDownUnknown && !isKeptApart(target);
  return {
    name: target.name,
    oneNode,
    async install(world, { progress }) {
      const search = directories(target, directory);
      const found = await find(target, world, search);
      for (const line of greeting(target, found, known)) progress(line);
      if (oneNode) progress(`${target.name}: ${alone}`);
      const invariants = new Map<Node, readonly string[]>();
      const uninstall = () => takeAway(target, world);
      try {
        for (const node of world.nodes) {
          await mkdir(stateOf(node, target.name), { recursive: true });
          const values = placeholdersOf(node, target.name);
          await runAll(node, target.setUp, values);
          invariants.set(node, await outputsOf(node, invariantCommands(target), values));
        }
      } catch (error) {
        await uninstall();
        throw error;
      }
      const installation = installationOf(target, found, async () => {
        const broken = await brokenInvariants(target, invariants);
        await uninstall();
        if (broken !== undefined) throw new Error(broken);
      });
      return { ...installation, tearDownUnknown };
    },
  };
}

function isKeptApart({ conflist }: ForeignTarget): boolean {
  return /\{(state|run|node|bin)\}/.test(JSON.stringify(conflist));
}

/** $DNC_CNI_PLUGINS is searched first, for a build of one's own. */
function directories({ search }: ForeignTarget, directory: string): readonly string[] {
  const own = process.env["DNC_CNI_PLUGINS"];
  const all = search.map((folder) => resolve(directory, folder));
  return own === undefined || own === "" ? all : [own, ...all];
}

async function find(
  target: ForeignTarget,
  world: World,
  search: readonly string[],
): Promise<Found> {
  const [node] = world.nodes;
  if (node === undefined) throw new Error(`Cannot install "${target.name}": no node`);
  const wanted = [target.type, ...target.executables];
  const paths = await Promise.all(wanted.map((type) => findExecutable(type, search)));
  const missing = wanted.filter((_, i) => paths[i] === undefined);
  const [executable] = paths;
  if (missing.length > 0 || executable === undefined) {
    const remedy = target.package === undefined ? "" : `: apt-get install ${target.package}`;
    throw skipped(`no ${missing.join(" and no ")} in ${search.join(" or ")}${remedy}`);
  }
  for (const { command, reason } of target.requires) {
    const ran = await node.host.exec(fill(command, placeholdersOf(node, target.name)));
    if (ran.exitCode !== 0) throw skipped(`${reason}: ${ran.stderr.trim().split("\n")[0] ?? ""}`);
  }
  const { versions, build } = target;
  const built = build && (await node.host.exec(build));
  return {
    cniPath: search,
    versions: versions === "as claimed" ? await claimedVersions(node.host, executable) : versions,
    build: built && (built.exitCode === 0 ? built.stdout.trim() : "an unknown build"),
  };
}

function greeting(
  { name, role, claims }: ForeignTarget,
  { versions, build }: Found,
  known: KnownFindings | undefined,
): readonly string[] {
  const said = claims.length === 0 ? "" : `, claims ${claims.join(" ")}`;
  const line = `${name}: ${build ?? "a build of its own"}, ${role}, speaks ${versions.join(" ")}${said}`;
  if (known === undefined || build === undefined || build === known.measured) return [line];
  const other = `${name}: what is known of ${known.measured} says nothing of ${build}: not compared`;
  return [line, other];
}

function installationOf(
  target: ForeignTarget,
  found: Found,
  dispose: () => Promise<void>,
): Installation {
  return {
    plugin: (node) => pluginOn(node, target, found),
    casualties: () => [],
    outages: (node) => target.outages.map((outage) => outageOn(node, target, outage)),
    [Symbol.asyncDispose]: dispose,
  };
}

function pluginOn(node: Node, target: ForeignTarget, found: Found): Plugin {
  const { name, type, role, claims, ifname } = target;
  const values = placeholdersOf(node, name);
  const split = splitList(fill(target.conflist.plugins, values), type);
  if (split === undefined) {
    throw new Error(`Cannot use the target "${name}": no object of conflist is of type "${type}"`);
  }
  const { object, before } = split;
  const usesVf = JSON.stringify(object).includes("{vf}");
  return {
    name,
    type,
    role,
    claims,
    before,
    cniPath: [node.paths.cniBin, ...found.cniPath],
    conflist: {
      name: target.conflist.name,
      plugins: [fill(object, { vf: node.card.vfs[0]?.netdev ?? "" })],
    },
    versions: found.versions,
    ...(ifname !== undefined && { ifname }),
    ...(found.build !== undefined && { build: found.build }),
    ...(usesVf && { prepare: vfTaker(node, (vf) => fill(object, { vf })) }),
  };
}

function outageOn(
  node: Node,
  target: ForeignTarget,
  { name, kind, begin, end }: ForeignTarget["outages"][number],
): Outage {
  const values = placeholdersOf(node, target.name);
  return {
    name,
    kind,
    begin: () => runAll(node, [begin], values),
    end: () => runAll(node, [end], values),
  };
}

function invariantCommands({ invariants }: ForeignTarget): readonly (readonly string[])[] {
  return invariants.map(({ command }) => command);
}

/** undefined: all are as they were */
async function brokenInvariants(
  target: ForeignTarget,
  before: ReadonlyMap<Node, readonly string[]>,
): Promise<string | undefined> {
  for (const [node, outputs] of before) {
    const values = placeholdersOf(node, target.name);
    const now = await outputsOf(node, invariantCommands(target), values);
    const at = outputs.findIndex((output, i) => output !== now[i]);
    const title = target.invariants[at]?.title;
    if (title === undefined) continue;
    const was = (outputs[at] ?? "").split("\n");
    const is = (now[at] ?? "").split("\n");
    const gone = was.filter((line) => !is.includes(line)).map((line) => `- ${line}`);
    const come = is.filter((line) => !was.includes(line)).map((line) => `+ ${line}`);
    const lines = [...gone, ...come].slice(0, 3).join("; ");
    return `${target.name} on ${node.name}: "${title}" is not as before: ${lines}`;
  }
  return undefined;
}

async function takeAway(target: ForeignTarget, world: World): Promise<void> {
  for (const node of world.nodes) {
    await tryAll(node, target.tearDown, placeholdersOf(node, target.name));
    await rm(stateOf(node, target.name), { recursive: true, force: true });
  }
}

function skipped(message: string): OutcomeSignal {
  return new OutcomeSignal({ kind: "skipped", message });
}
