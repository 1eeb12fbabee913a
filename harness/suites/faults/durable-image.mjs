/**
 * Preloaded into daemon and agent: keeps, beside the state they write, what a power cut would leave of it at this moment.
 * The worst that POSIX permits: a file holds what was in it at its last fsync (nothing, if there was none), and a name
 * comes and goes with the next fsync of its folder.
 *
 * DNC_DURABLE_BASES: folders to watch, with ":" between; DNC_DURABLE_IMAGE: where their image is, by whole path.
 */
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { basename, dirname, join, resolve } from "node:path";

const bases = (process.env.DNC_DURABLE_BASES ?? "").split(":").filter(Boolean);
const image = process.env.DNC_DURABLE_IMAGE ?? "";

/** inode → content at its last fsync @type {Map<number, Buffer>} */
const synced = new Map();
/** folder → what the next fsync of it makes durable, in order @type {Map<string, (() => void)[]>} */
const pending = new Map();
/** @type {WeakMap<object, string>} */
const paths = new WeakMap();

const isWatched = (/** @type {string} */ path) =>
  bases.some((base) => path === base || path.startsWith(`${base}/`));

/** @param {string} path @param {() => void} change */
function later(path, change) {
  const folder = dirname(path);
  pending.set(folder, [...(pending.get(folder) ?? []), change]);
}

/** @param {{fd: number}} handle */
function onSync(handle) {
  const path = paths.get(handle);
  if (path === undefined) return;
  if (fs.fstatSync(handle.fd).isDirectory()) {
    for (const change of pending.get(path) ?? []) change();
    pending.delete(path);
    return;
  }
  const { ino } = fs.fstatSync(handle.fd);
  synced.set(ino, fs.readFileSync(`/proc/self/fd/${handle.fd}`));
  // In place: its name is durable already, so its content is.
  const kept = join(image, path);
  if (fs.existsSync(kept)) fs.writeFileSync(kept, synced.get(ino) ?? "");
}

// Also when nothing ever becomes durable: that the folder is there says that somebody follows.
fs.mkdirSync(image, { recursive: true });

const { open, rename, unlink } = fs.promises;
let isPatched = false;

fs.promises.open = async (path, ...rest) => {
  const handle = await open(path, ...rest);
  const absolute = resolve(String(path));
  if (isWatched(absolute)) paths.set(handle, absolute);
  if (!isPatched) patch(Object.getPrototypeOf(handle));
  return handle;
};

/** Only a handle gives the class. @param {any} prototype */
function patch(prototype) {
  isPatched = true;
  for (const name of ["sync", "datasync"]) {
    const real = prototype[name];
    prototype[name] = async function () {
      await real.call(this);
      onSync(this);
    };
  }
}

fs.promises.rename = async (from, to) => {
  const [old, name] = [resolve(String(from)), resolve(String(to))];
  const { ino } = fs.statSync(from);
  await rename(from, to);
  if (isWatched(old)) later(old, () => fs.rmSync(join(image, old), { force: true }));
  if (!isWatched(name)) return;
  later(name, () => {
    fs.mkdirSync(join(image, dirname(name)), { recursive: true });
    fs.writeFileSync(join(image, dirname(name), basename(name)), synced.get(ino) ?? "");
  });
};

fs.promises.unlink = async (path) => {
  await unlink(path);
  const absolute = resolve(String(path));
  if (isWatched(absolute)) later(absolute, () => fs.rmSync(join(image, absolute), { force: true }));
};

syncBuiltinESMExports();
