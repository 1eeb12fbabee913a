/** The facts about the tree that are decided, not discovered: who may import whom, which packages run in production and why. */

/**
 * Folder → folders it may import from (itself always). Arrows point at leaves; roles (host, dpu) never see each other;
 * the judge shares only leaves without domain knowledge with what it judges. The longest matching folder counts.
 */
export const importTable: Readonly<Record<string, readonly string[]>> = {
  "impl/base": [],
  "impl/cni": ["impl/base", "impl/netlink/netlink-error.ts", "impl/store/store.ts"],
  "impl/netlink": ["impl/base"],
  "impl/store": ["impl/base"],
  "impl/vf": ["impl/base", "impl/cni", "impl/netlink"],
  "impl/wire": ["impl/base", "impl/cni", "proto/gen"],
  "impl/shim": [],
  "impl/launch": [],
  "impl/host": [
    "package.json",
    "impl/launch/launch.mjs",
    "impl/base",
    "impl/cni",
    "impl/netlink",
    "impl/store",
    "impl/vf",
    "impl/wire",
  ],
  "impl/dpu": [
    "package.json",
    "impl/launch/launch.mjs",
    "impl/base",
    "impl/cni",
    "impl/netlink",
    "impl/store",
    "impl/wire",
    "proto/gen",
  ],

  "harness/spec": [],
  "harness/core": ["impl/base"],
  "harness/figures": ["harness/core"],
  "harness/workload": ["harness/core", "impl/base"],
  "harness/runtime": ["harness/core", "harness/spec", "impl/base", "impl/netlink", "proto/gen"],
  "harness/emulator": ["harness/core", "impl/base", "impl/netlink"],
  "harness/backends": ["harness/core", "harness/emulator", "impl/base", "impl/netlink"],
  "harness/oracle": ["harness/core", "harness/install", "impl/base", "impl/netlink"],
  "harness/install": ["harness/core", "harness/runtime", "harness/spec", "impl/base"],
  "harness/targets": [
    "harness/core",
    "harness/install",
    "harness/runtime",
    "harness/spec",
    "impl/base",
  ],
  "harness/suites": [
    "harness/core",
    "harness/figures",
    "harness/targets",
    "harness/install",
    "harness/oracle",
    "harness/runtime",
    "harness/spec",
    "harness/workload",
    "impl/base",
  ],
  "harness/suites/property": [
    "harness/core",
    "harness/install",
    "harness/oracle",
    "harness/runtime",
    "harness/suites",
    "impl/base",
    "impl/netlink",
  ],
  // Who attacks writes frames, and hears where they turn up.
  "harness/suites/hostile": [
    "harness/core",
    "harness/install",
    "harness/suites",
    "impl/base",
    "impl/netlink",
  ],
  "harness/suites/conformance/kill-matrix": [
    "harness/backends",
    "harness/core",
    "harness/spec",
    "harness/suites",
    "fixtures",
  ],
  // The floor of a move is measured with the netlink library, without any rule of CNI.
  "harness/suites/bench/caller": ["harness/core", "impl/base", "impl/netlink"],
  // Where product and judge meet in one process: tests only, and nobody imports it.
  "harness/in-process": [
    "harness/core",
    "harness/install",
    "harness/oracle",
    "harness/suites",
    "impl",
  ],
  "harness/reporters": ["harness/core", "harness/figures", "impl/base"],
  "harness/bundle": ["harness/core"],
  "harness/dnc": ["harness/cli"],
  "harness/cli": [
    "harness/backends",
    "harness/bundle",
    "harness/core",
    "harness/figures",
    "harness/install",
    "harness/reporters",
    "harness/suites",
    "impl/base",
  ],
  "harness/selftest": ["harness", "impl/base"],
  "harness/repo": [],
  "harness/set-up": ["impl/shim/build.mjs", "impl/launch/bundle.mjs"],
  "proto/gen": [],
  proto: ["proto/gen"],
  fixtures: [],
};

/** Every run-time dependency, and why we do not do without it. */
export const runtimeDependencies: Readonly<Record<string, string>> = {
  "@bufbuild/protobuf": "encodes the generated messages of proto/",
  "@grpc/grpc-js": "gRPC between daemon and agent, with TLS and deadlines",
  "@peculiar/x509": "makes and reads the certificates of the two sides",
  commander: "command lines: options, --help, errors for wrong flags",
  esbuild: "bundles daemon and agent, which then start in less than half the time",
  "fast-check": "generates and shrinks the inputs that suite fuzz tries plugins with",
  koffi: "system calls Node has not: netlink sockets, setns",
  picocolors: "colours in the terminal, NO_COLOR included",
  "reflect-metadata": "the polyfill @peculiar/x509 will not load without",
  tsx: "runs the TypeScript sources on Node 20 without a build step",
  yaml: "reads configuration files with line numbers in errors",
  zod: "validates what comes from outside: configurations, records, JSON of plugins",
};

/** Lines; above it a file holds more than one idea. Generated code and data are apart. */
export const maxFileLines = 400;

/** Why a file may be without a header sentence or above the size. */
export const exempt: Readonly<Record<string, string>> = {};
