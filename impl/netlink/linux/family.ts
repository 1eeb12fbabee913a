/** The numbers of address families (linux/socket.h). */
import type { Family } from "../kernel.ts";

export const familyNumbers = { 4: 2, 6: 10 } as const;

export function familyOfNumber(number: number | undefined): Family | undefined {
  if (number === familyNumbers[4]) return 4;
  return number === familyNumbers[6] ? 6 : undefined;
}
