/** For steps whose thing is there already, or gone already. */
import { isErrno, type NetlinkError } from "../../netlink/netlink-error.ts";

/** what the kernel says of something that is not there */
export const gone = ["ENODEV", "ESRCH", "ENOENT", "EADDRNOTAVAIL"] as const;

export async function ignoring(errnos: readonly string[], work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!isErrno(error, ...errnos)) throw error;
  }
}

/** Throws the first refusal of a batch that is none of `errnos`. */
export function refuseBut(
  errnos: readonly string[],
  refusals: readonly (NetlinkError | undefined)[],
): void {
  const refused = refusals.find((error) => error !== undefined && !errnos.includes(error.errno));
  if (refused !== undefined) throw refused;
}
