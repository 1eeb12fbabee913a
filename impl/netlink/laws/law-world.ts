/** The kernel a law is tried on. */
import type { Kernel, NamespaceMaker } from "../kernel.ts";

export interface LawWorld {
  readonly name: string;
  readonly kernel: () => Kernel & NamespaceMaker;
  /** a folder for namespace paths; it must be writable */
  readonly folder: () => string;
  /** Puts a file that is no namespace at a path. */
  readonly plainFile: (path: string) => void;
  /** why the laws cannot run here, or false */
  readonly skip: string | false;
}
