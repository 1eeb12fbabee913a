/** The Debian packages a run needs, each with its reason; the only list of them. */

/** @type {readonly {name: string, reason: string, needed: "always" | "build"}[]} */
export const debianPackages = [
  {
    name: "iproute2",
    reason: "ip and tc: namespaces, and the judge's own view of the kernel",
    needed: "always",
  },
  { name: "util-linux", reason: "unshare and nsenter: enter namespaces", needed: "always" },
  {
    name: "containernetworking-plugins",
    reason: "bridge, ptp, host-local: foreign plugins to judge",
    needed: "always",
  },
  { name: "gcc", reason: "builds the relay impl/shim/offload-cni", needed: "build" },
  { name: "libc6-dev", reason: "static C library of the relay", needed: "build" },
];
