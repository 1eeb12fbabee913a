/** What a refused kernel request looks like to everybody else. */

/** Commands one can type; others are said as an action. */
const tools = /^(ip|tc|ethtool|sysctl|nsenter|unshare) /;

export class NetlinkError extends Error {
  override readonly name = "NetlinkError";
  /** errno by name, e.g. "EEXIST" */
  readonly errno: string;
  /** the iproute2 command the request equals */
  readonly command: string;

  constructor(errno: string, command: string, text: string) {
    // Names may come from outside; a message stays one line whatever they hold.
    const line = command.replace(/\s+/g, " ");
    super(`Cannot ${tools.test(line) ? `run "${line}"` : line}: ${text} (${errno})`);
    this.errno = errno;
    this.command = line;
  }
}

/** True when `error` is the kernel's answer `errno` (or one of several). */
export function isErrno(error: unknown, ...errnos: readonly string[]): error is NetlinkError {
  return error instanceof NetlinkError && errnos.includes(error.errno);
}

/** EINVAL for an argument no kernel could take, found before asking one. */
export function invalid(command: string, text: string): NetlinkError {
  return new NetlinkError("EINVAL", command, text);
}
