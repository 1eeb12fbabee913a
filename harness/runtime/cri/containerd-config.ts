/** The configuration of a containerd that shares nothing with the machine's own: https://github.com/containerd/containerd/blob/release/1.6/docs/cri/config.md */
import { join } from "node:path";
import type { Node } from "../../core/backend.ts";
import { pauseImage } from "./pause-image.ts";

export interface ContainerdPaths {
  readonly directory: string;
  readonly config: string;
  readonly socket: string;
  /** of the one network it attaches pods to */
  readonly cniConf: string;
}

export function containerdPaths(node: Node): ContainerdPaths {
  const directory = node.paths.runtime;
  return {
    directory,
    config: join(directory, "config.toml"),
    socket: join(directory, "s"),
    cniConf: join(directory, "net.d"),
  };
}

/** @param cniPath where plugins are; containerd 1.x searches one folder only */
export function containerdConfig(paths: ContainerdPaths, cniPath: string): string {
  const text = (value: string) => JSON.stringify(value); // a TOML basic string
  return `version = 2
root = ${text(join(paths.directory, "root"))}
state = ${text(join(paths.directory, "state"))}
disabled_plugins = ["io.containerd.internal.v1.opt", "io.containerd.tracing.processor.v1.otlp"]

[grpc]
  address = ${text(paths.socket)}

[ttrpc]
  address = ${text(`${paths.socket}.t`)}

[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = ${text(pauseImage)}
  disable_tcp_service = true
  # Without CAP_SYS_RESOURCE, as in many containers, the score of a pod cannot be lowered.
  restrict_oom_score_adj = true
  tolerate_missing_hugetlb_controller = true
  # Beside everything else of this node, not among the machine's own.
  netns_mounts_under_state_dir = true

  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = ${text(cniPath)}
    conf_dir = ${text(paths.cniConf)}

  [plugins."io.containerd.grpc.v1.cri".containerd]
    # Works on every file system, in a user namespace and on tmpfs; the image is one small file.
    snapshotter = "native"
`;
}
