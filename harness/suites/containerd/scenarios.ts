/** One pod's life over a scripted plugin each: what it answers, and what the double makes of that. */
import type { End } from "./pod-view.ts";

export interface Scenario {
  readonly id: string;
  /** what both do, following "both" */
  readonly title: string;
  /** shell text of the plugin, by verb */
  readonly answers: Readonly<Record<string, string>>;
  /** the plugin's own, which the kubelet must hear */
  readonly words?: string;
  readonly run: End;
  readonly stop: End | undefined;
}

const eth0 = { name: "eth0", mac: "02:00:00:00:00:01", sandbox: "/x" };
const whole = {
  cniVersion: "1.0.0",
  interfaces: [eth0],
  ips: [{ address: "10.9.0.2/24", gateway: "10.9.0.1", interface: 0 }],
  routes: [{ dst: "0.0.0.0/0" }],
  dns: {},
};

function prints(document: unknown): string {
  return `cat <<'END'\n${JSON.stringify(document)}\nEND\n`;
}

/** an error as the specification wants it */
function refuses(code: number, msg: string): string {
  return `${prints({ cniVersion: "1.0.0", code, msg })}exit 1\n`;
}

const running = { run: "done", stop: "done" } as const;
const failing = { run: "refused", stop: undefined } as const;

export const scenarios: readonly Scenario[] = [
  {
    id: "whole-life",
    title: "run a pod with the address of its result, and stop it",
    answers: { ADD: prints(whole) },
    ...running,
  },
  {
    id: "ipv6-first",
    title: "show an address of each family when IPv6 comes first",
    answers: {
      ADD: prints({ ...whole, ips: [{ address: "fd00::2/64", interface: 0 }, ...whole.ips] }),
    },
    ...running,
  },
  {
    id: "addresses-alone",
    title: "take addresses without an interface for eth0's",
    answers: { ADD: prints({ cniVersion: "1.0.0", ips: [{ address: "10.9.0.2/24" }] }) },
    ...running,
  },
  {
    id: "no-addresses",
    title: "refuse a result without addresses",
    answers: { ADD: prints({ ...whole, ips: [] }) },
    ...failing,
  },
  {
    id: "address-elsewhere",
    title: "refuse a result whose addresses are on the host's interface",
    answers: {
      ADD: prints({ ...whole, interfaces: [{ name: "veth1" }, eth0] }),
    },
    ...failing,
  },
  {
    id: "index-far-out",
    title: "refuse an address of an interface far out of the list",
    answers: { ADD: prints({ ...whole, ips: [{ address: "10.9.0.2/24", interface: 7 }] }) },
    ...failing,
  },
  {
    id: "index-negative",
    title: "go down over an address of a negative interface",
    answers: { ADD: prints({ ...whole, ips: [{ address: "10.9.0.2/24", interface: -1 }] }) },
    run: "gone",
    stop: undefined,
  },
  {
    id: "error-object",
    title: "pass on the plugin's words when ADD is refused",
    answers: { ADD: refuses(100, "no room in the inn") },
    words: "no room in the inn",
    ...failing,
  },
  {
    id: "try-again",
    title: "refuse the pod when the plugin says to try again later",
    answers: { ADD: refuses(11, "later") },
    words: "later",
    ...failing,
  },
  {
    id: "words-on-stderr",
    title: "refuse the pod when the plugin fails with words on stderr alone",
    answers: { ADD: "echo it broke >&2\nexit 1\n" },
    words: "it broke",
    ...failing,
  },
  {
    id: "silent-failure",
    title: "refuse the pod when the plugin fails without a word",
    answers: { ADD: "exit 1\n" },
    ...failing,
  },
  {
    id: "garbage",
    title: "refuse the pod when the plugin succeeds with garbage",
    answers: { ADD: "echo hello\n" },
    ...failing,
  },
  {
    id: "no-output",
    title: "refuse the pod when the plugin succeeds without a word",
    answers: { ADD: "exit 0\n" },
    ...failing,
  },
  {
    id: "killed",
    title: "refuse the pod when the plugin is killed",
    answers: { ADD: "kill -9 $$\n" },
    ...failing,
  },
  {
    id: "unknown-version",
    title: "refuse a result of a version that nobody knows",
    answers: { ADD: prints({ ...whole, cniVersion: "9.9.9" }) },
    ...failing,
  },
  {
    id: "older-version",
    title: "take a result of an older version",
    answers: {
      ADD: prints({
        ...whole,
        cniVersion: "0.4.0",
        ips: whole.ips.map((ip) => ({ ...ip, version: "4" })),
      }),
    },
    ...running,
  },
  {
    id: "bad-address",
    title: "refuse a result with an address that is none",
    answers: { ADD: prints({ ...whole, ips: [{ address: "10.9.0.2", interface: 0 }] }) },
    ...failing,
  },
  {
    id: "del-refused",
    title: "leave a pod to be stopped again when DEL is refused",
    answers: { ADD: prints(whole), DEL: refuses(11, "the card is away") },
    run: "done",
    stop: "refused",
  },
  {
    id: "del-not-found",
    title: "count a DEL that fails with the words not found as done",
    answers: { ADD: prints(whole), DEL: refuses(100, "device not found") },
    ...running,
  },
  {
    id: "add-and-del-refused",
    title: "refuse the pod when neither ADD nor the DEL after it succeeds",
    answers: { ADD: refuses(100, "first"), DEL: refuses(100, "second") },
    words: "first",
    ...failing,
  },
];
