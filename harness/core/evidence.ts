/** What a check saw, kept in the record so that a reader can judge without running it again. */
export type Evidence =
  | {
      readonly kind: "command";
      readonly argv: readonly string[];
      /** the variables that were set on purpose */
      readonly environment: Readonly<Record<string, string>>;
      readonly stdin: string;
      readonly stdout: string;
      readonly stderr: string;
      /** undefined when a signal ended it */
      readonly exitCode?: number;
      readonly signal?: string;
      readonly durationMs: number;
    }
  | { readonly kind: "difference"; readonly title: string; readonly lines: readonly string[] }
  | { readonly kind: "text"; readonly title: string; readonly text: string };
