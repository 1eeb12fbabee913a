/** The mounts of a world are found in mountinfo. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { mountsBelow } from "./world-directory.ts";

const mountinfo = [
  "22 1 0:20 / / rw - ext4 /dev/vda rw",
  "90 22 0:60 / /run/dnc/dnc-4f1c rw,nosuid - tmpfs dnc rw",
  "91 90 0:61 / /run/dnc/dnc-4f1c/node1/a\\040b rw - tmpfs x rw",
  "92 22 0:62 / /run/dnc/dnc-4f1c2 rw - tmpfs x rw",
  "",
].join("\n");

test("mountsBelow() lists a folder's mounts, the newest first, and no neighbour's", () => {
  assert.deepEqual(mountsBelow("/run/dnc/dnc-4f1c", mountinfo), [
    "/run/dnc/dnc-4f1c/node1/a b",
    "/run/dnc/dnc-4f1c",
  ]);
});
