/** The daemon's command line: what is asked, what it exits with. */
import { Command, CommanderError } from "commander";
import { createLog } from "../base/log.ts";
import type { Kernel, NamespaceMaker } from "../netlink/kernel.ts";
import { reportFeatures } from "../netlink/report-features.ts";
import { askOperator, Unanswered } from "../wire/operator-question.ts";
import { loadHostConfig, readHostConfig } from "./config.ts";
import { startDaemon } from "./daemon.ts";
import { inventoryShape } from "./inventory.ts";
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

const name = "cni-offload-host";
/** of the kernel: what handing a VF to a pod takes */
const usedFeatures = ["namespaces", "move", "ipv4", "ipv6"];

/** 0 done as asked, 1 the daemon did not answer, 2 could not start or was called wrongly. */
export async function run(argv: readonly string[], world: CommandWorld): Promise<number> {
  const command = build(world);
  try {
    await command.parseAsync([...argv], { from: "user" });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    world.err(`${name}: ${oneLine(error)}\n`);
    return error instanceof Unanswered ? 1 : 2;
  }
}

function build(world: CommandWorld): Command {
  const command = new Command(name)
    .description("Serves the CNI calls of one node: gives pods VFs of the DPU card.")
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
      outputError: (text, write) => write(`${name}: ${text.replace(/^error: |\.(?=\n?$)/g, "")}`),
    })
    .action(async ({ config }: { config?: string }) => {
      if (config === undefined) {
        throw new Error("Cannot start: --config FILE is missing; see --help");
      }
      await serve(config, world);
    });
  addInventory(command, world);
  addUninstall(command, world);
  return command;
}

function addInventory(command: Command, world: CommandWorld): void {
  command
    .command("inventory")
    .copyInheritedSettings(command)
    .description(
      "Prints what the running daemon holds, as JSON: VFs, attachments, the DPU's health.",
    )
    .requiredOption("--config <file>", "the daemon's configuration file")
    .addHelpText("after", inventoryHelp)
    .action(async ({ config }: { config: string }) => {
      const { socket } = await readHostConfig(config);
      const answer = await askOperator(socket, "inventory", "the daemon");
      inventoryShape.parse(answer);
      world.out(`${JSON.stringify(answer, undefined, 2)}\n`);
    });
}

function addUninstall(command: Command, world: CommandWorld): void {
  command
    .command("uninstall")
    .copyInheritedSettings(command)
    .description(
      "Takes what the stopped daemon keeps on the host: the management interface, records of pods, its socket.",
    )
    .requiredOption("--config <file>", "the daemon's configuration file")
    .option(
      "--force",
      "also while pods are live, which lose the network, and without the DPU's word",
      false,
    )
    .action(async ({ config: path, force }: { config: string; force: boolean }) => {
      await uninstall({
        ...{ config: await loadHostConfig(path), kernel: world.kernel(), force },
        ...{ software: `${name} ${world.version}`, write: (line) => world.err(`${line}\n`) },
      });
    });
}

const inventoryHelp = `
It changes nothing. Fields are only ever added:
  node, software, takenAt
  pool         {size, free, used, quarantined}; size = free + used + quarantined
  vfs          [{pciAddress, pfPciAddress, pf, index, state: free | used | quarantined, reason?, proven?, owner?, generation?}]
  attachments  [{owner, generation, phase: adding | ready | deleting | tombstone, since, vf, netns, pod, addresses, problem?}]
  agent        {state: ready | unavailable | dataplaneDown, reason?, notices?}
  management   {interface, state: ready | unavailable, reason?}: of the VF that stays on the host; absent when none is
               configured. Its attachment is @management/host/INTERFACE, with an empty netns
  damaged      [{path, reason, key?}]: record files set aside; remove a file when its pod is gone
owner is {network, containerId, ifname}.
Exit code 1: the daemon does not answer.`;

async function serve(configFile: string, world: CommandWorld): Promise<void> {
  const config = await loadHostConfig(configFile);
  const kernel = world.kernel();
  const write = (line: string) => world.err(`${line}\n`);
  await reportFeatures(kernel, usedFeatures, createLog({ component: "host", write }));
  const daemon = await startDaemon({ config, kernel, software: `${name} ${world.version}`, write });
  if (!world.stop.aborted) {
    await new Promise((resolve) => {
      world.stop.addEventListener("abort", resolve, { once: true });
    });
  }
  await daemon.stop();
}

function oneLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/\s*\n\s*/g, "; ");
}
