/**
 * The wire between the shim `offload-cni` and the daemon: one call per connection of a unix stream socket.
 *
 * Request, shim → daemon, then the shim shuts its sending side down:
 *   "OFFLOAD-CNI 1\0"  NAME=VALUE "\0" … (each variable of the shim's environment that begins with CNI_)  "\0"
 *   stdin, byte for byte, to the end of the stream
 * An empty entry ends the environment: the bytes after "\0\0" are stdin.
 *
 * Answer, daemon → shim, then the daemon closes:
 *   EXITCODE " " STDOUT_LENGTH " " STDERR_LENGTH "\n" stdout-bytes stderr-bytes      (decimal ASCII numbers)
 * The shim prints nothing of an answer that is cut short. A shim that goes away before its answer has given up:
 * the daemon aborts the call and undoes it.
 *
 * Limits: 4 MiB for a request, 64 KiB for its environment; both sides bound the time of a silent peer.
 */
export const relayGreeting = "OFFLOAD-CNI 1";
export const relayMaxRequestBytes = 4 * 1024 * 1024;
export const relayMaxEnvironmentBytes = 64 * 1024;

export interface RelayRequest {
  /** CNI_* variables only */
  readonly environment: Readonly<Record<string, string>>;
  readonly stdin: Uint8Array;
}

export interface RelayAnswer {
  readonly exitCode: number;
  readonly stdout: string;
  /** a line for people; "" on success */
  readonly stderr: string;
}
