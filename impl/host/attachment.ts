/** The daemon's record of one attachment: the only truth about who owns which VF. */
import type { AttachmentKey, PodName } from "../cni/types.ts";
import type { Pristine } from "../vf/vf.ts";
import type { PortSetting } from "../wire/agent.ts";

/**
 * Phases in the order they are written, each on disk before the work it announces begins:
 * `adding` a VF is leased and work may have begun anywhere; `ready` ADD was confirmed; `deleting` a DEL has begun;
 * `tombstone` the host side is clean, the DPU has not confirmed: the VF stays quarantined.
 * After the last step of DEL the record is deleted and the VF is free.
 */
export interface Attachment {
  readonly format: 1;
  readonly key: AttachmentKey;
  readonly phase: "adding" | "ready" | "deleting" | "tombstone";
  /** larger than every earlier one of this node; orders ADDs and deletes on both sides of the wire */
  readonly generation: number;
  readonly pod: PodName;
  readonly vf: {
    readonly pciAddress: string;
    readonly pf: number;
    readonly index: number;
    readonly pristine: Pristine;
  };
  /** the MAC that the runtime asked for; else the VF keeps its own */
  readonly mac?: string;
  /** CNI_NETNS of the ADD */
  readonly netns: string;
  /** the configuration of the ADD, with which a DPU that lost the port gets it again */
  readonly networkConfig: string;
  /** from phase `ready` on: what the pod's interface carries */
  readonly port?: PortSetting;
  /** ISO 8601, for people */
  readonly since: string;
}
