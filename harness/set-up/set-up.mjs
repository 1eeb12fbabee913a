/** Makes a bare clone ready to run: npm dependencies, Debian packages, the relay, the daemons' bundles. Node builtins only. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { packagesFor } from "./packages.mjs";

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Says what it does on stderr, a line each; silent when everything is in place.
 *  Throws SetUpError when going on makes no sense. */
export async function setUp() {
  checkNode();
  installNpmDependencies();
  installDebianPackages();
  await buildRelay();
  await bundleDaemons();
}

export class SetUpError extends Error {}

/** @param {string} line */
export function say(line) {
  process.stderr.write(`set-up: ${line}\n`);
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    throw new SetUpError(`Node ${process.versions.node} is too old: install Node 20.19 or newer`);
  }
}

function installNpmDependencies() {
  const wanted = createHash("sha256")
    .update(readFileSync(join(root, "package-lock.json")))
    .digest("hex");
  const stamp = join(root, "node_modules", ".dpu-native-cluster-lock");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  say("installing npm dependencies (npm ci) …");
  const result = spawnSync("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: root,
    stdio: ["ignore", 2, 2],
  });
  if (result.error || result.status !== 0) {
    throw new SetUpError(
      `Cannot install npm dependencies: ${result.error?.message ?? `npm ci exited with ${result.status}`}; check the network and run it again`,
    );
  }
  writeFileSync(stamp, wanted);
}

function installDebianPackages() {
  const missing = missingDebianPackages();
  if (missing.length === 0) return;
  const names = missing.map((p) => p.name);
  const command = `apt-get install -y -qq --no-install-recommends ${names.join(" ")}`;
  for (const p of missing) say(`Debian package ${p.name} is missing (${p.reason})`);
  if (process.getuid?.() !== 0) {
    say(`not root, so going on without: to install them, run  sudo ${command}`);
    return;
  }
  say(`installing: ${command}`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const install = () =>
    spawnSync("sh", ["-c", `${command} >&2`], { stdio: ["ignore", 2, 2], env }).status === 0;
  if (install()) return;
  say("refreshing the package lists (apt-get update) …");
  spawnSync("sh", ["-c", "apt-get update -qq >&2"], { stdio: ["ignore", 2, 2], env });
  if (!install()) say(`could not install ${names.join(", ")}; going on without`);
}

/** Empty where there is no dpkg: another distribution brings its tools under other names, `dnc doctor` tells. */
function missingDebianPackages() {
  const format = "$" + "{Package} $" + "{db:Status-Status}\n";
  const wanted = packagesFor();
  const query = spawnSync("dpkg-query", ["-W", `-f=${format}`, ...wanted.map((p) => p.name)], {
    encoding: "utf8",
  });
  if (query.error) return [];
  const installed = new Set(
    query.stdout
      .split("\n")
      .filter((line) => line.endsWith(" installed"))
      .map((line) => line.split(" ")[0]),
  );
  return wanted.filter((p) => !installed.has(p.name));
}

async function buildRelay() {
  const { buildShim } = await import("../../impl/shim/build.mjs");
  const result = await buildShim();
  if (result.state === "built") say(`built the relay: ${result.detail}`);
  if (result.state === "failed")
    say(`could not build the relay impl/shim/offload-cni: ${result.detail}`);
}

async function bundleDaemons() {
  const { bundle } = await import("../../impl/launch/bundle.mjs");
  for (const name of await bundle()) say(`bundled ${name}`);
}
