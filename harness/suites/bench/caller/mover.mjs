/** Starts the mover, which needs the netlink library, from its TypeScript source. */
import { register } from "tsx/esm/api";

register();
await import("./mover-program.ts");
