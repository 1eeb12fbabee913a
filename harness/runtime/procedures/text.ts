/** The text's own procedure (specification, section 3). */
import { deriveConfig } from "../derive.ts";
import { findExecutable } from "../find-executable.ts";
import { nameGrammar } from "../network.ts";
import type { Procedure } from "../procedure.ts";
import { argumentsText } from "./arguments-text.ts";

export const textProcedure: Procedure = {
  name: "text",
  checkNeedsResult: true,
  environment: ({ cniPath }, attachment) => {
    const args = argumentsText(attachment?.cniArgs);
    return {
      CNI_PATH: cniPath.join(":"),
      // An empty CNI_NETNS is sent as such, as runtimes do.
      ...(attachment && {
        CNI_CONTAINERID: attachment.containerId,
        CNI_IFNAME: attachment.ifname,
        CNI_NETNS: attachment.netns,
      }),
      ...(args !== "" && { CNI_ARGS: args }),
    };
  },
  versionCall: ({ cniVersion, cniPath }) => ({
    environment: { CNI_PATH: cniPath.join(":") },
    config: { cniVersion },
  }),
  versionProblem: () => undefined,
  derive: deriveConfig,
  async find(type, cniPath) {
    const path = await findExecutable(type, cniPath);
    return path === undefined
      ? { refusal: `no executable "${type}" in ${cniPath.join(":")}` }
      : { path };
  },
  refuse(_, { name }, { containerId, ifname }) {
    if (!nameGrammar.test(name)) return { code: 0, msg: `invalid network name "${name}"` };
    if (!nameGrammar.test(containerId)) {
      return { code: 0, msg: `invalid container id "${containerId}"` };
    }
    const bad = ifname === "." || ifname === ".." || !/^[^/:\s]{1,15}$/.test(ifname);
    return bad ? { code: 0, msg: `invalid interface name "${ifname}"` } : undefined;
  },
  read: (document) => ({ ok: true, result: Object(document) }),
  saved: (result) => ({ ok: true, result: Object(result) }),
  heard: (_verb, _plugin, { msg }) => msg,
};
