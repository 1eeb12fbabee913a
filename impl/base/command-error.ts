/** The failure of a program we ran, with all that is needed to run it again by hand. */

export class CommandError extends Error {
  override readonly name = "CommandError";
  readonly argv: readonly string[];
  /** undefined when it did not start, or was killed */
  readonly exitCode: number | undefined;
  readonly stderr: string;

  constructor(options: {
    readonly argv: readonly string[];
    readonly exitCode?: number | undefined;
    readonly stderr?: string;
    readonly cause?: unknown;
  }) {
    const { argv, exitCode, stderr = "", cause } = options;
    const state = exitCode === undefined ? "it did not finish" : `exit code ${exitCode}`;
    const said = stderr.trim().split("\n").at(-1) ?? "";
    super(
      `Cannot run "${argv.join(" ")}": ${state}${said === "" ? "" : `: ${said}`}`,
      cause === undefined ? undefined : { cause },
    );
    this.argv = argv;
    this.exitCode = exitCode;
    this.stderr = stderr;
  }
}
