/**
 * Pods of one node and their network, made by a container runtime: by the double, which plays libcni step by step, or by
 * a real runtime through CRI. What a suite can do over both is here.
 */
import type { Node, Pod } from "../core/backend.ts";
import type { Evidence } from "../core/evidence.ts";
import type { Network } from "./network.ts";

export const runtimeNames = ["double", "containerd"] as const;
export type RuntimeName = (typeof runtimeNames)[number];

export interface Sandboxes extends AsyncDisposable {
  readonly node: Node;
  readonly network: Network;
  /** A pod to come: no network yet; a real runtime makes nothing at all before `attach`. */
  create(name: string): Promise<Sandbox>;
}

export interface Sandbox extends AsyncDisposable {
  readonly name: string;
  /** where there is one before its network */
  readonly pod?: Pod;
  /** ADD; once more after `detach`, as for a pod that is made anew. */
  attach(): Promise<Attaching>;
  /** DEL. */
  detach(): Promise<Ending>;
  /** CHECK; undefined: this runtime never asks it */
  check?(): Promise<Ending>;
}

export type Attaching =
  | {
      readonly ok: true;
      readonly pod: Pod;
      /** of the list's last plugin, as the runtime keeps it */
      readonly result: unknown;
      readonly durationMs: number;
      /** what took that long: the plugins' runs, or all that makes a pod */
      readonly call: "ADD" | "RunPodSandbox";
    }
  | Failed;

export type Ending = { readonly ok: true } | Failed;

export interface Failed {
  readonly ok: false;
  /** as the kubelet would hear it, with the plugin's code where the runtime tells */
  readonly msg: string;
  readonly evidence: readonly Evidence[];
}
