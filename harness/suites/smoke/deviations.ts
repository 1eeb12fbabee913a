/**
 * Where foreign plugins are known to leave the text, among the requirements of smoke. Measured with Debian's
 * containernetworking-plugins 1.1.1; a deviation that is not listed fails, and so does a listed one that does not show.
 */
import type { KnownFindings } from "../../targets/known-findings.ts";

const aboutText =
  "skel reads an empty CNI_COMMAND as a person's call: it prints an about text and exits with 0";
const newestVersion = "skel's VERSION prints its own newest version, never an echo";

export const deviations: ReadonlyMap<string, KnownFindings> = new Map([
  [
    "bridge",
    {
      measured: "containernetworking-plugins 1.1.1",
      findings: { "PRO-07": aboutText, "VER-02": newestVersion },
    },
  ],
  [
    "ptp",
    {
      measured: "containernetworking-plugins 1.1.1",
      findings: {
        "PRO-07": aboutText,
        "VER-02": newestVersion,
        "DEL-13": "a second interface of one pod needs the same gateway route and is refused",
      },
    },
  ],
]);
