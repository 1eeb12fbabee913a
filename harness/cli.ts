/** The program `dnc`. */
import { runProgram } from "./cli/program.ts";
import { realOutside } from "./cli/real-outside.ts";

await runProgram(realOutside());
