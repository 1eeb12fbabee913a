/** The agent's command line: what is asked, what it exits with. */
import { Command, CommanderError, InvalidArgumentError } from "commander";
import { loadConfig } from "../base/config-file.ts";
import type { Kernel, NamespaceMaker } from "../netlink/kernel.ts";
import { Unanswered } from "../wire/operator-question.ts";
import { startAgent } from "./agent.ts";
import { configShape, nodeShape } from "./config.ts";
import { takeInventory } from "./inventory.ts";
import { makeCertificates } from "./make-certificates.ts";
import { uninstall } from "./uninstall.ts";

/** What `run` may use of the process. */
export interface CommandWorld {
  readonly kernel: () => Kernel & NamespaceMaker;
  /** aborts at SIGTERM and SIGINT */
  readonly stop: AbortSignal;
  readonly version: string;
  out(text: string): void;
  err(text: string): void;
}

const name = "cni-offload-agent";

/** 0 done as asked, 1 a running agent did not answer, 2 could not start or was called wrongly. */
export async function run(argv: readonly string[], world: CommandWorld): Promise<number> {
  let exitCode = 0;
  const command = build(world, (code) => {
    exitCode = code;
  });
  try {
    await command.parseAsync([...argv], { from: "user" });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    world.err(`${name}: ${oneLine(error)}\n`);
    return error instanceof Unanswered ? 1 : 2;
  }
}

function build(world: CommandWorld, exit: (code: number) => void): Command {
  const command = new Command(name)
    .description("Serves the ports of one DPU to the daemon on its host.")
    .version(world.version, "--version", "print the version")
    .helpOption("--help", "print this help")
    .helpCommand(false)
    .enablePositionalOptions()
    .option("--config <file>", "configuration file (YAML)")
    .allowExcessArguments(false)
    .showSuggestionAfterError(false)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => world.out(text),
      writeErr: (text) => world.err(text),
      outputError: (text, write) =>
        write(`${name}: ${text.replace(/^error: /, "").replace(/\.\s*$/, "\n")}`),
    });
  command.action(async ({ config }: { config?: string }) => {
    if (config === undefined) throw new Error("Cannot start: --config FILE is missing; see --help");
    exit(await serve(config, world));
  });
  addCertificates(command, world);
  addInventory(command, world);
  addUninstall(command, world);
  return command;
}

function addCertificates(command: Command, world: CommandWorld): void {
  command
    .command("certificates")
    .copyInheritedSettings(command)
    .description("Writes the certificates of one node: ca, host and agent, each .crt and .key.")
    .requiredOption("--node <name>", "the node: identity of both certificates", asNode)
    .requiredOption("--out <dir>", "folder to write to")
    .option("--ca <dir>", "sign with the ca.crt and ca.key of this folder; else a new CA is made")
    .option("--days <n>", "days the certificates are valid", asDays, 365)
    .action(async (options: { node: string; out: string; ca?: string; days: number }) => {
      const written = await makeCertificates(options);
      for (const path of written) world.out(`${path}\n`);
    });
}

function addInventory(command: Command, world: CommandWorld): void {
  command
    .command("inventory")
    .copyInheritedSettings(command)
    .description("Prints what the agent holds, as JSON: ports, addresses, health.")
    .requiredOption("--config <file>", "the agent's configuration file")
    .addHelpText("after", inventoryHelp)
    .action(async ({ config: path }: { config: string }) => {
      const answer = await takeInventory(await loadConfig(path, configShape));
      world.out(`${JSON.stringify(answer, undefined, 2)}\n`);
    });
}

const inventoryHelp = `
It changes nothing, and reads the state folder when no agent runs. Fields are only ever added:
  node, source: agent | files, takenAt
  guard {antiSpoofing, limits}: each {state: enforced | off | notEnforced, reason?}; dropped: frames of a pod it let no further
  instanceId, software, health {state: ready | notReady | down, reason?}, freeAddresses {ipv4, ipv6}: of a running agent
  ports        [{owner, generation, phase: adding | ready, since, vf {pf, index, mac, pciAddress}, representor, addresses, problem?, dropped?}]
  quarantined  [{address, representor, reason}]: addresses that no port has and nobody gets
  damaged      [{path, reason, key?}]: record files set aside; remove a file when its pod is gone
owner is {network, containerId, ifname}.
Exit code 1: an agent runs and does not answer.`;

function addUninstall(command: Command, world: CommandWorld): void {
  command
    .command("uninstall")
    .copyInheritedSettings(command)
    .description(
      "Takes what the stopped agent keeps on the DPU: addresses, routes, sysctls, state.",
    )
    .requiredOption("--config <file>", "the agent's configuration file")
    .option("--force", "also while ports are live: their pods lose the network", false)
    .action(async ({ config: path, force }: { config: string; force: boolean }) => {
      const config = await loadConfig(path, configShape);
      await uninstall({ config, kernel: world.kernel(), force });
    });
}

async function serve(configPath: string, world: CommandWorld): Promise<number> {
  const config = await loadConfig(configPath, configShape);
  const write = (line: string) => world.err(`${line}\n`);
  const agent = await startAgent({
    ...{ config, configPath, kernel: world.kernel, software: `${name} ${world.version}`, write },
  });
  await new Promise<void>((resolve) => {
    if (world.stop.aborted) resolve();
    world.stop.addEventListener("abort", () => resolve(), { once: true });
  });
  await agent.stop();
  return 0;
}

function asNode(text: string): string {
  if (nodeShape.safeParse(text).success) return text;
  throw new InvalidArgumentError("expected lower-case letters, digits, - and .");
}

function asDays(text: string): number {
  const days = Number(text);
  if (Number.isInteger(days) && days >= 1 && days <= 3650) return days;
  throw new InvalidArgumentError("expected a whole number from 1 to 3650");
}

function oneLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/\s*\n\s*/g, "; ");
}
