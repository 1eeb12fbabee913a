/** What a refused kernel request looks like to everybody else. */
export class NetlinkError extends Error {
  override readonly name = "NetlinkError";
  /** errno by name, e.g. "EEXIST" */
  readonly errno: string;
  /** the iproute2 command the request equals */
  readonly command: string;

  constructor(errno: string, command: string, text: string) {
    super(`Cannot ${command}: ${text} (${errno})`);
    this.errno = errno;
    this.command = command;
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
