/** The Debian packages a run needs, each with its reason; the only list of them. */

/**
 * @type {readonly {name: string, reason: string, needed: "always" | "build" | "containerd" | "bench"}[]}
 * those of other groups than the first two are installed where DNC_SET_UP names the group
 */
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
  {
    name: "containerd",
    reason: "a real container runtime to make pods with",
    needed: "containerd",
  },
  { name: "runc", reason: "runs containerd's pods", needed: "containerd" },
  { name: "iperf3", reason: "streams and datagrams of the suite bench", needed: "bench" },
  { name: "sockperf", reason: "round trips of the suite bench", needed: "bench" },
  { name: "apache2-utils", reason: "ab: connections of the suite bench", needed: "bench" },
];

/** @param {string} [asked] groups as DNC_SET_UP has them: "containerd,bench" */
export function packagesFor(asked = process.env.DNC_SET_UP ?? "") {
  const groups = ["always", "build", ...asked.split(",")];
  return debianPackages.filter(({ needed }) => groups.includes(needed));
}
