/** `dnc down`: end a world that `dnc up` made, or that --retain kept. */
import type { Command } from "commander";
import { theWorld } from "./held-worlds.ts";
import { exitPassed, type Outside } from "./outside.ts";

export function addDown(program: Command, outside: Outside, end: (code: number) => void): void {
  program
    .command("down")
    .argument("[world]", "its name (default: the only one)")
    .description("end a world that dnc up made")
    .option("--all", "every world that dnc up made")
    .addHelpText(
      "after",
      `
Examples:
  dnc down
  dnc down dnc-4f1c
  dnc down --all`,
    )
    .action(async (id: string | undefined, options: { readonly all?: boolean }) => {
      const worlds = await outside.worlds();
      const found = worlds.find();
      const held = found.filter((world) => world.held);
      // A run's world goes with its run: it has to be named to be ended from here.
      const ending = options.all ? held : [theWorld(id, id === undefined ? held : found)];
      for (const world of ending) {
        await worlds.stop(world.id, (line) => outside.stdout.write(`${line}\n`));
        outside.stdout.write(`${world.id} is gone\n`);
      }
      end(exitPassed);
    });
}
