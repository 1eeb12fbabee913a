/** What goes wrong with a port, as the error the host gets. */
import { type CniCode, CniError, cniCodes } from "../cni/cni-error.ts";
import { AddressesExhausted } from "./dataplane.ts";

/** `text` is the key of the port. */
export function cannotAdd(text: string, code: CniCode, state: string): CniError {
  return new CniError(code, `Cannot add port "${text}" on the DPU: ${state}`);
}

/** Whatever the dataplane or the store threw while a port was added: trying again later may help. */
export function addError(text: string, cause: unknown): CniError {
  if (cause instanceof CniError) return cause;
  const code =
    cause instanceof AddressesExhausted ? cniCodes.addressesExhausted : cniCodes.tryAgainLater;
  return new CniError(code, `Cannot add port "${text}" on the DPU: ${oneLine(cause)}`, { cause });
}

export function oneLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/\s*\n\s*/g, "; ");
}
