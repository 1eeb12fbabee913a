/** Where a reporter writes: a stream's few properties that matter, so that tests can give one made of a string. */
import picocolors from "picocolors";

export interface Output {
  write(text: string): void;
  readonly isTTY: boolean;
  /** undefined when it is not a terminal */
  readonly columns?: number | undefined;
}

export type Colors = ReturnType<typeof picocolors.createColors>;

/** NO_COLOR wins over FORCE_COLOR, both over what the output is (https://no-color.org). */
export function colorsFor(
  output: Pick<Output, "isTTY">,
  environment: Readonly<Record<string, string | undefined>>,
): Colors {
  const { NO_COLOR, FORCE_COLOR, TERM } = environment;
  if (NO_COLOR) return picocolors.createColors(false);
  if (FORCE_COLOR) return picocolors.createColors(FORCE_COLOR !== "0");
  return picocolors.createColors(output.isTTY && TERM !== "dumb");
}
