/** Starts a process of the product: from its bundle if that was made of exactly the sources that are there, else by tsx. */
import { readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { setFlagsFromString } from "node:v8";
import { programs } from "./programs.mjs";

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Where the bundle of `name` is, and what it was made of. @param {string} name */
export function bundlePaths(name) {
  const dist = join(root, "impl", "launch", "dist");
  return { bundle: join(dist, `${name}.mjs`), sources: join(dist, `${name}.sources.json`) };
}

/**
 * For programs that idle most of their lives, and run most of their code a few times for each pod. The space for new
 * objects stays at the size it starts with, 1 MB and its copy: it would grow to 16 times that in a storm of pods and keep
 * it. No optimizing compiler: what it costs in memory and CPU it does not win back here (measured: some 10 MB, and no
 * more CPU per pod without it).
 */
const engineFlags = ["--semi-space-growth-factor=1", "--no-opt"];

/** @param {keyof typeof programs} name */
export async function launch(name) {
  for (const flag of engineFlags) setFlagsFromString(flag);
  if (isFresh(name)) {
    await import(pathToFileURL(bundlePaths(name).bundle).href);
    return;
  }
  const { register } = await import("tsx/esm/api");
  register();
  await import(pathToFileURL(join(root, programs[name])).href);
}

/** Whether each source still has the size and time it was bundled with: some 150 stat calls, 1 ms. @param {string} name */
export function isFresh(name) {
  const { bundle, sources } = bundlePaths(name);
  try {
    statSync(bundle);
    /** @type {Record<string, string>} */
    const stamps = JSON.parse(readFileSync(sources, "utf8"));
    return Object.entries(stamps).every(([path, stamp]) => stampOf(path) === stamp);
  } catch {
    return false;
  }
}

/** @param {string} path relative to the root */
export function stampOf(path) {
  const { size, mtimeMs } = statSync(join(root, path));
  return `${size} ${mtimeMs}`;
}
