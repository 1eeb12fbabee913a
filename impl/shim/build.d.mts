/** Types of build.mjs. */
export function buildShim(options?: {
  /** default: offload-cni beside the source */
  readonly binary?: string;
  /** e.g. "-DTOTAL_TIMEOUT_MS=300" */
  readonly defines?: readonly string[];
}): Promise<{ readonly state: "built" | "fresh" | "failed"; readonly detail: string }>;
