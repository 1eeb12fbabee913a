/** One attachment as a runtime asks for it: a container, an interface of it, and what goes along. */

export interface Attachment {
  readonly containerId: string;
  readonly ifname: string;
  /** CNI_NETNS; "" once the namespace is gone */
  readonly netns: string;
  /** CNI_ARGS pairs */
  readonly cniArgs?: Readonly<Record<string, string>>;
  readonly capabilityArguments?: Readonly<Record<string, unknown>>;
}
