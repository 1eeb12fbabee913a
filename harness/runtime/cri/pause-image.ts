/** Makes the image that sandboxes run, as an archive in OCI's image layout: one static program, so nothing is pulled from anywhere. */
import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Place } from "../../core/backend.ts";

export const pauseImage = "dnc.invalid/pause:1";

const source = fileURLToPath(new URL("./pause.c", import.meta.url));
const compileTimeoutMs = 60_000;
/** Node's names of processors → OCI's */
const architectures: Readonly<Record<string, string>> = { x64: "amd64", arm: "arm" };

/** Builds it in `directory` and gives the archive's path. Throws with the tool's words when a tool fails. */
export async function buildPauseImage(directory: string, place: Place): Promise<string> {
  const root = join(directory, "rootfs");
  const layout = join(directory, "layout");
  await mkdir(root, { recursive: true });
  await mkdir(join(layout, "blobs/sha256"), { recursive: true });
  const compiler = process.env["CC"] || "cc";
  await must(place, [compiler, "-Os", "-s", "-static", "-o", join(root, "pause"), source]);
  const layerPath = join(directory, "layer.tar");
  await must(place, ["tar", "-C", root, "--owner=0", "--group=0", "-cf", layerPath, "pause"]);

  const layer = await put(layout, "layer.v1.tar", await readFile(layerPath));
  const config = await put(layout, "config.v1+json", {
    architecture: architectures[process.arch] ?? process.arch,
    os: "linux",
    config: { Entrypoint: ["/pause"] },
    rootfs: { type: "layers", diff_ids: [layer.digest] },
  });
  const manifest = await put(layout, "manifest.v1+json", {
    schemaVersion: 2,
    mediaType: mediaType("manifest.v1+json"),
    config,
    layers: [layer],
  });
  const annotations = { "io.containerd.image.name": pauseImage };
  await writeFile(join(layout, "oci-layout"), JSON.stringify({ imageLayoutVersion: "1.0.0" }));
  await writeFile(
    join(layout, "index.json"),
    JSON.stringify({ schemaVersion: 2, manifests: [{ ...manifest, annotations }] }),
  );
  const archive = join(directory, "pause.tar");
  await must(place, ["tar", "-C", layout, "-cf", archive, "oci-layout", "index.json", "blobs"]);
  return archive;
}

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  /** bytes */
  readonly size: number;
}

async function put(layout: string, kind: string, content: Buffer | object): Promise<Descriptor> {
  const bytes = Buffer.isBuffer(content) ? content : Buffer.from(JSON.stringify(content));
  const hash = createHash("sha256").update(bytes).digest("hex");
  await writeFile(join(layout, "blobs/sha256", hash), bytes);
  return { mediaType: mediaType(kind), digest: `sha256:${hash}`, size: bytes.length };
}

function mediaType(kind: string): string {
  return `application/vnd.oci.image.${kind}`;
}

async function must(place: Place, argv: readonly string[]): Promise<void> {
  const ran = await place.exec(argv, { timeoutMs: compileTimeoutMs });
  if (ran.exitCode === 0) return;
  throw new Error(`Cannot make the sandbox image: ${argv[0]}: ${ran.stderr.trim()}`);
}
