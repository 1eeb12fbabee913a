/** A NetlinkError with the errno's own text, for kernels that say no more. */
import { errnoText } from "./errno-name.ts";
import { NetlinkError } from "./netlink-error.ts";

export function refused(errno: string, command: string, text = errnoText(errno)): NetlinkError {
  return new NetlinkError(errno, command, text);
}
