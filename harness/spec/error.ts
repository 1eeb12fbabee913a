/** The error object of the specification (section 5 "Error") and the table of its codes. */
import { z } from "zod";

/** Codes below 100 and their meaning; 50 and 51 come from section 2 "STATUS". */
export const errorCodes: ReadonlyMap<number, string> = new Map([
  [1, "incompatible CNI version"],
  [2, "unsupported field in the network configuration"],
  [3, "container unknown or does not exist"],
  [4, "invalid necessary environment variables"],
  [5, "I/O failure"],
  [6, "failed to decode content"],
  [7, "invalid network configuration"],
  [11, "try again later"],
  [50, "the plugin is not available"],
  [51, "the plugin is not available, and existing containers may have limited connectivity"],
]);

/** From here on a plugin gives codes their meaning. */
export const firstPluginCode = 100;

export const errorObject = z.looseObject({
  cniVersion: z.string().optional(),
  code: z.int().min(0),
  msg: z.string(),
  details: z.string().optional(),
});

export type ErrorObject = z.infer<typeof errorObject>;

/** What is wrong with an error object that a runtime would still read; empty when all is right (ERR-01, ERR-04). */
export function errorObjectFaults(error: ErrorObject): readonly string[] {
  const faults: string[] = [];
  if (error.msg.trim() === "") faults.push("msg is empty");
  if (error.msg.includes("\n")) faults.push("msg has more than one line");
  if (!isLawfulCode(error.code)) faults.push(`code ${error.code} is reserved and not assigned`);
  return faults;
}

export function isLawfulCode(code: number): boolean {
  return code >= firstPluginCode || errorCodes.has(code);
}
