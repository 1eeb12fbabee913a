/** Where the two ends of a VF's pair are, read from the links of the host's and the DPU's namespaces. */
import type { Link } from "../../impl/netlink/kernel.ts";

/** What is known of one pair of netdevs: the VF, which may be anywhere, and its representor. */
export interface Pair {
  readonly representor: string;
  /** ifindex in the DPU's namespace, as last seen there */
  readonly representorIndex: number;
  /** ifindex in the host's namespace while the VF is there */
  readonly homeIndex?: number;
}

export interface Whereabouts {
  /** the VF's netdev in the host's namespace, under whatever name */
  readonly home?: Link;
  /** the representor in the DPU's namespace */
  readonly representor?: Link;
}

export interface Sight {
  readonly host: readonly Link[];
  readonly dpu: readonly Link[];
  /** how the host's namespace numbers the DPU's */
  readonly dpuNetnsId: number | undefined;
}

/**
 * A VF keeps neither name nor MAC nor ifindex when pods use it, but a veth end always says who its peer is. Only when
 * the representor has left the DPU's namespace is the VF known by the ifindex it had when last seen at home.
 */
export function locate(pair: Pair, sight: Sight): Whereabouts {
  const { dpuNetnsId } = sight;
  const representor =
    sight.dpu.find((link) => link.index === pair.representorIndex && link.kind === "veth") ??
    sight.dpu.find((link) => link.name === pair.representor && link.kind === "veth");
  const veths = sight.host.filter((link) => link.kind === "veth");
  const home =
    representor === undefined
      ? veths.find((link) => link.index === pair.homeIndex)
      : veths.find((link) => link.peer === representor.index && link.peerNetnsId === dpuNetnsId);
  return {
    ...(home === undefined ? {} : { home }),
    ...(representor === undefined ? {} : { representor }),
  };
}

/** The pair with what was just seen of it. */
export function remember(pair: Pair, { home, representor }: Whereabouts): Pair {
  return {
    representor: pair.representor,
    representorIndex: representor?.index ?? pair.representorIndex,
    ...(home === undefined ? {} : { homeIndex: home.index }),
  };
}
