/** Where the product's programs are: in this repository, or in a copy of it. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export interface Product {
  readonly shim: string;
  readonly agentLauncher: string;
  readonly hostLauncher: string;
  readonly bundler: string;
}

export const repository = fileURLToPath(new URL("../..", import.meta.url));

/** @param root a folder with `impl` in it */
export function productAt(root: string): Product {
  const at = (path: string) => join(root, "impl", path);
  return {
    shim: at("shim/offload-cni"),
    agentLauncher: at("dpu/cni-offload-agent.mjs"),
    hostLauncher: at("host/cni-offload-host.mjs"),
    bundler: at("launch/bundle.mjs"),
  };
}
