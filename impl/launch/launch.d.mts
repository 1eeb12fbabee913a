/** Types of launch.mjs. */
import type { programs } from "./programs.mjs";

/** of this repository or installation */
export const root: string;
export function launch(name: keyof typeof programs): Promise<void>;
export function isFresh(name: string): boolean;
