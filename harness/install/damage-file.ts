/** Makes of a state file what a power cut, a failing disk, another program or a newer release would have made of it. */
import { readFile, writeFile } from "node:fs/promises";
import type { Damage } from "../core/faults.ts";

export async function damageFile(path: string, damage: Damage): Promise<void> {
  await writeFile(path, damaged(await readFile(path), damage));
}

export function damaged(bytes: Uint8Array, damage: Damage): Uint8Array {
  switch (damage) {
    case "empty":
      return new Uint8Array();
    case "half":
      return bytes.slice(0, bytes.length >> 1);
    case "zeros":
      return new Uint8Array(bytes.length);
    case "foreign":
      return Buffer.from(`${JSON.stringify({ apiVersion: "v1", kind: "Pod" }, undefined, 2)}\n`);
    case "future":
      return Buffer.from(newer(Buffer.from(bytes).toString("utf8")));
  }
}

/** Every number called a format or version, one further; a text without any gets one. */
function newer(text: string): string {
  const raised = text.replace(
    /("(?:format|version)"\s*:\s*)([0-9]+)/g,
    (_, name, number) => `${name}${Number(number) + 1}`,
  );
  return raised === text ? `{"format":99,"was":${JSON.stringify(text)}}\n` : raised;
}
