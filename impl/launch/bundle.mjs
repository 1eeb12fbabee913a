/** Bundles daemon and agent into one JavaScript file each: they start in less than half the time and memory of tsx. */
import { mkdirSync, renameSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundlePaths, isFresh, root, stampOf } from "./launch.mjs";
import { programs } from "./programs.mjs";

/** Builds what is not fresh. @returns {Promise<readonly string[]>} the names built */
export async function bundle() {
  const stale = Object.entries(programs).filter(([name]) => !isFresh(name));
  await Promise.all(stale.map(([name, main]) => bundleOne(name, main)));
  return stale.map(([name]) => name);
}

/** @param {string} name @param {string} main */
async function bundleOne(name, main) {
  const { bundle, sources } = bundlePaths(name);
  const { build } = await import("esbuild");
  const startedMs = Date.now();
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: [main],
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20.19",
    keepNames: true,
    legalComments: "none",
    // Native: it finds its library relative to its own package.
    external: ["koffi"],
    // CommonJS packages within ask for Node's own modules by require().
    banner: {
      js: 'import { createRequire as requireFrom } from "node:module"; const require = requireFrom(import.meta.url);',
    },
    metafile: true,
    write: false,
    logLevel: "silent",
  });
  const own = Object.keys(metafile.inputs).filter((path) => !path.includes("node_modules/"));
  const stamps = Object.fromEntries([...own, "package-lock.json"].map(stampBefore(startedMs)));
  mkdirSync(dirname(bundle), { recursive: true });
  replace(bundle, outputFiles[0]?.contents ?? new Uint8Array());
  replace(sources, `${JSON.stringify(stamps, undefined, 1)}\n`);
}

/** A file edited since the build began may be in the bundle half: never fresh. @param {number} startedMs */
function stampBefore(startedMs) {
  return (/** @type {string} */ path) => {
    const { mtimeMs } = statSync(join(root, path));
    return [path, mtimeMs < startedMs ? stampOf(path) : "edited while it was bundled"];
  };
}

/** @param {string} path @param {string | Uint8Array} content */
function replace(path, content) {
  const temporary = `${path}.${process.pid}.tmp`;
  writeFileSync(temporary, content);
  renameSync(temporary, path);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const built = await bundle();
  for (const name of built) process.stdout.write(`bundled ${bundlePaths(name).bundle}\n`);
}
