import assert from "node:assert/strict";
import { test } from "node:test";
import { parseLink, printLink } from "./link.ts";
import { MessageWriter } from "./message-writer.ts";
import type { VfMessage } from "./vf-info.ts";

/** What iproute2 6.1 sent for `ip link set dev lo vf 3 …` (strace), from the payload of IFLA_VF_INFO on. */
const recorded: readonly [words: string, vf: VfMessage, hex: string][] = [
  [
    "mac 02:00:00:00:00:09",
    { vf: 3, mac: "02:00:00:00:00:09" },
    `28000100 03000000 020000000009${"00".repeat(26)}`,
  ],
  ["vlan 5 qos 3", { vf: 3, vlan: { id: 5, qos: 3 } }, "10000200 03000000 05000000 03000000"],
  [
    "vlan 5 qos 3 proto 802.1ad",
    { vf: 3, tag: { id: 5, qos: 3, protocol: 0x88a8 } },
    "18000c80 14000100 03000000 05000000 03000000 88a80000",
  ],
  [
    "max_tx_rate 900 min_tx_rate 100",
    { vf: 3, rate: { min: 100, max: 900 } },
    "10000600 03000000 64000000 84030000",
  ],
  ["spoofchk on", { vf: 3, spoofCheck: 1 }, "0c000400 03000000 01000000"],
  ["state enable", { vf: 3, linkState: 1 }, "0c000500 03000000 01000000"],
  ["trust on", { vf: 3, trust: 1 }, "0c000900 03000000 01000000"],
];

test("a VF's settings are on the wire as iproute2 has them", () => {
  for (const [words, vf, hex] of recorded) {
    const writer = new MessageWriter();
    printLink(writer, { index: 1, vfs: [vf] });
    const bytes = Buffer.from(writer.view());
    // After ifinfomsg and the heads of IFLA_VFINFO_LIST and IFLA_VF_INFO.
    assert.equal(bytes.subarray(16 + 8).toString("hex"), hex.replaceAll(" ", ""), words);
    assert.deepEqual(parseLink(bytes, { start: 0, end: bytes.length }).vfs, [vf], words);
  }
});
