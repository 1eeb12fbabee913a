/** What the kernel lacks, by name, found by trying it in a namespace that is thrown away. */
import type { Kernel, NamespaceMaker, Netns } from "./kernel.ts";
import { NetlinkError } from "./netlink-error.ts";

export interface Feature {
  /** "namespaces", "veth", … */
  readonly name: string;
  readonly present: boolean;
  /** what it is for when present, the kernel's refusal when not */
  readonly detail: string;
}

interface Trial {
  readonly name: string;
  readonly purpose: string;
  /** each runs in the namespaces the ones before it left */
  readonly run: (here: Netns, there: Netns) => Promise<void>;
}

const trials: readonly Trial[] = [
  {
    name: "veth",
    purpose: "pairs of links: emulated VFs, stitched ports",
    run: (here) => here.linkAdd({ kind: "veth", name: "left", peer: { name: "right" } }),
  },
  {
    name: "move",
    purpose: "moving a link into a pod",
    run: (here, there) => here.linkSet("right", { netns: there, name: "eth0", up: true }),
  },
  {
    name: "bridge",
    purpose: "joining links of one namespace",
    run: (here) => here.linkAdd({ kind: "bridge", name: "bridge0" }),
  },
  {
    name: "ipv4",
    purpose: "addresses and routes by a gateway that is only onlink",
    run: async (here) => {
      await here.linkSet("left", { up: true });
      await here.addressAdd("left", { address: "198.18.0.1/32" });
      await here.routeAdd({ dst: "0.0.0.0/0", via: "169.254.1.1", dev: "left", onlink: true });
    },
  },
  {
    name: "ipv6",
    purpose: "addresses and routes of the second family",
    run: async (here) => {
      await here.linkSet("left", { up: true });
      await here.addressAdd("left", { address: "2001:db8::1/128", nodad: true });
      await here.routeAdd({ dst: "::/0", via: "fe80::1", dev: "left", onlink: true });
    },
  },
  {
    name: "proxy",
    purpose: "answering ARP and neighbour solicitations for others",
    run: async (here) => {
      for (const address of ["198.18.0.2", "2001:db8::2"]) {
        await here.neighReplace("left", { address, lladdr: "", proxy: true });
      }
      await here.sysctlSet("net/ipv4/conf/left/proxy_arp", "1");
      await here.sysctlSet("net/ipv6/conf/left/proxy_ndp", "1");
    },
  },
  {
    name: "rules",
    purpose: "more than one routing table",
    run: (here) => here.ruleAdd({ family: 4, priority: 100, table: 1000, from: "198.18.0.0/15" }),
  },
  {
    name: "clsact",
    purpose: "tc programs at ingress and egress: stitching, limits",
    run: (here) => here.qdiscAdd("left", { kind: "clsact", handle: "", parent: "clsact" }),
  },
];

/** All features in a fixed order; nothing outside two scratch namespaces is touched. */
export async function detectFeatures(kernel: Kernel & NamespaceMaker): Promise<readonly Feature[]> {
  const made = await scratch(kernel);
  if ("refusal" in made) {
    const missing = { name: "namespaces", present: false, detail: made.refusal };
    const untried = trials.map(({ name }) => ({
      name,
      present: false,
      detail: "not tried: no namespace to try it in",
    }));
    return [missing, ...untried];
  }
  using here = made.here;
  using there = made.there;
  const found: Feature[] = [{ name: "namespaces", present: true, detail: "a pod's own network" }];
  for (const trial of trials) found.push(await attempt(trial, here, there));
  return found;
}

async function scratch(
  kernel: NamespaceMaker,
): Promise<{ readonly here: Netns; readonly there: Netns } | { readonly refusal: string }> {
  try {
    const here = await kernel.netnsScratch();
    return { here, there: await kernel.netnsScratch() };
  } catch (error) {
    return { refusal: refusalOf(error) };
  }
}

async function attempt({ name, purpose, run }: Trial, here: Netns, there: Netns): Promise<Feature> {
  try {
    await run(here, there);
    return { name, present: true, detail: purpose };
  } catch (error) {
    return { name, present: false, detail: `${purpose}: ${refusalOf(error)}` };
  }
}

/** Anything but a refusal is a defect of ours and goes on up. */
function refusalOf(error: unknown): string {
  if (error instanceof NetlinkError) return error.message;
  throw error;
}
