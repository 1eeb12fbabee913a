/** Puts the scripted plugin of fixtures/plugins/ into a directory under type names, and reads back how it was called. */
import { chmod, copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export interface ScriptedPlugin {
  readonly type: string;
  /** shell text run for this verb: prints and exits as it likes */
  on(verb: string, script: string): Promise<void>;
  /** of the latest call of this verb */
  environment(verb: string): Promise<Readonly<Record<string, string>>>;
  stdin(verb: string): Promise<Record<string, unknown>>;
}

const source = fileURLToPath(new URL("../../fixtures/plugins/scripted.sh", import.meta.url));

export async function placeScripted(directory: string, type: string): Promise<ScriptedPlugin> {
  const path = join(directory, type);
  await mkdir(join(directory, `${type}.d`), { recursive: true });
  await copyFile(source, path);
  await chmod(path, 0o755);
  return {
    type,
    on: (verb, script) => writeFile(join(directory, `${type}.d`, `${verb}.sh`), script),
    async environment(verb) {
      const lines = (await readFile(join(directory, `${type}.${verb}.env`), "utf8"))
        .trim()
        .split("\n");
      return Object.fromEntries(
        lines.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
      );
    },
    stdin: async (verb) =>
      JSON.parse(await readFile(join(directory, `${type}.${verb}.stdin`), "utf8")),
  };
}

/** "TYPE VERB" of each call in order. */
export async function scriptedCalls(directory: string): Promise<readonly string[]> {
  const text = await readFile(join(directory, "calls"), "utf8").catch(() => "");
  return text.split("\n").filter((line) => line !== "");
}
