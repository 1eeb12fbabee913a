/** The one error class of the product, and the closed table of its codes. */

/** CNI 1.1.0 section 5 "Error" and section 2 "STATUS"; from 100 our own. */
export const cniCodes = {
  incompatibleVersion: 1,
  unsupportedField: 2,
  unknownContainer: 3,
  invalidEnvironment: 4,
  ioFailure: 5,
  undecodableContent: 6,
  invalidConfig: 7,
  tryAgainLater: 11,
  notAvailable: 50,
  notAvailableLimited: 51,
  /** the interface or attachment exists already */
  alreadyExists: 100,
  /** no VF of the pool is free */
  vfsExhausted: 101,
  /** the asked VF is unknown, busy or missing */
  vfUnavailable: 102,
  /** the namespace is unusable */
  invalidNetns: 103,
  /** a kernel request was refused */
  kernelRefused: 104,
  /** the DPU refused the request for good */
  dpuRefused: 105,
  /** CHECK found a difference */
  checkFailed: 106,
  /** no address is free on the DPU */
  addressesExhausted: 107,
  /** the caller is neither root nor the daemon's user */
  notPermitted: 108,
  /** a defect of ours */
  internal: 199,
} as const;

export type CniCode = (typeof cniCodes)[keyof typeof cniCodes];

/** `message` is one line, *Cannot ⟨action⟩ ⟨"value"⟩: ⟨state⟩*, no full stop; `details` says what to do, never a stack. */
export class CniError extends Error {
  override readonly name = "CniError";
  readonly code: CniCode;
  readonly details: string | undefined;

  constructor(
    code: CniCode,
    message: string,
    options?: { readonly details?: string; readonly cause?: unknown },
  ) {
    super(message, options?.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = options?.details;
  }
}
