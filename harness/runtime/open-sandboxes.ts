/** Opens the pods of one node in the runtime that was asked for, or says why that cannot run here. */
import type { Node } from "../core/backend.ts";
import { OutcomeSignal } from "../core/outcome.ts";
import type { Plugin } from "../core/plugin.ts";
import { whyNoContainerd } from "./cri/why-no-containerd.ts";
import { doubleSandboxes } from "./double-sandboxes.ts";
import type { RuntimeName, Sandboxes } from "./sandboxes.ts";

export async function openSandboxes(
  name: RuntimeName,
  options: { readonly node: Node; readonly plugin: Plugin; readonly signal: AbortSignal },
): Promise<Sandboxes> {
  switch (name) {
    case "double":
      return doubleSandboxes(options);
    case "containerd": {
      const message = await whyNoContainerd();
      if (message !== undefined) throw new OutcomeSignal({ kind: "skipped", message });
      const { criSandboxes } = await import("./cri/cri-sandboxes.ts");
      return criSandboxes(options);
    }
  }
}
