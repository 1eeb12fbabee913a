/** What ADD made is found in two states, and is removed where it is, by its own description. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Node, Place } from "../../core/backend.ts";
import { removable } from "./removable.ts";

function placeThatNotes(name: string, commands: string[]): Place {
  const refuse = () => {
    throw new Error(`Cannot spawn in ${name}: it only notes commands`);
  };
  return {
    name,
    netns: "/nowhere",
    command: (argv) => argv,
    async exec(argv) {
      commands.push(`${name}: ${argv.join(" ")}`);
      return { argv, stdout: "", stderr: "", durationMs: 0, timedOut: false };
    },
    spawn: refuse,
  };
}

function nodeThatNotes(): { readonly node: Node; readonly commands: readonly string[] } {
  const commands: string[] = [];
  const node = {
    host: placeThatNotes("node1/host", commands),
    dpu: placeThatNotes("node1/dpu", commands),
  };
  return { node: { ...unused, ...node }, commands };
}

const unused = {
  name: "node1",
  number: 1,
  adoptPod: () => {
    throw new Error("not used");
  },
  card: {
    pfs: [],
    vfs: [],
    representor: "",
    uplink: "",
    management: { host: "", dpu: "" },
    fabric: { ipv4: "", ipv6: "" },
  },
  paths: {
    cniBin: "",
    cniConf: "",
    hostState: "",
    dpuState: "",
    run: "",
    logs: "",
    runtime: "",
    sysfsRoot: "",
  },
  createPod: () => Promise.reject(new Error("Cannot create a pod: there is no world")),
};

test("routes, addresses and new links are removed in their place", async () => {
  const { node, commands } = nodeThatNotes();
  const pieces = removable(node, [
    "+ node1/dpu: route 10.244.1.5/32 via - dev rep0v1 table main",
    "+ node1/dpu: route fd00::5/128 via - dev rep0v1 table 7",
    "+ node1/host: address 10.88.1.1/24 veth1",
    "+ node1/host: link veth1 02:00:00:00:00:01 mtu 1500 up",
  ]);
  for (const piece of pieces) await piece.remove();
  assert.deepEqual(commands, [
    "node1/dpu: ip -4 route del 10.244.1.5/32 dev rep0v1 table main",
    "node1/dpu: ip -6 route del fd00::5/128 dev rep0v1 table 7",
    "node1/host: ip address del 10.88.1.1/24 dev veth1",
    "node1/host: ip link del veth1",
  ]);
});

test("a link that only changed, and what a file speaks of, are no pieces", () => {
  const { node } = nodeThatNotes();
  const pieces = removable(node, [
    "- node1/dpu: link rep0v1 02:00:00:00:00:02 mtu 1500 down",
    "+ node1/dpu: link rep0v1 02:00:00:00:00:02 mtu 1500 up",
    "+ file /state/host/record speaks of container 00ff",
    "+ file /state/host/record",
    "- node1/host: link enp3s0f0v0 02:00:00:00:00:03 mtu 1500 down",
  ]);
  assert.deepEqual(
    pieces.map(({ name }) => name),
    ["file /state/host/record"],
  );
});
