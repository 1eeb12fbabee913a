/** The laws over the real kernel. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { kernelLaws } from "./kernel.contract.ts";
import { linuxKernel } from "./linux.ts";

const skip = process.env.DNC_SCRATCH_NETNS
  ? false
  : "needs namespaces of its own: run it through npm test";

const folder = mkdtempSync(join(tmpdir(), "netns-"));
after(() => rmSync(folder, { recursive: true, force: true }));

kernelLaws({
  name: "linux",
  kernel: linuxKernel,
  folder: () => folder,
  plainFile: (path) => writeFileSync(path, ""),
  skip,
});
