/** libcni 1.3, as containerd, CRI-O and Multus call it; where it departs from the text, that is said. */
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { gcKeys, runtimeConfigOf } from "../derive.ts";
import { fieldsOf, list, NotDecodable, text } from "../libcni/go-json.ts";
import { readResult, resultAs } from "../libcni/result.ts";
import { nameGrammar, newestVersion } from "../network.ts";
import type { Procedure } from "../procedure.ts";
import { argumentsText } from "./arguments-text.ts";

/** invalid network configuration, necessary environment variables, unknown container */
const codes = { network: 7, environment: 4, container: 3 } as const;

export const libcniProcedure: Procedure = {
  name: "libcni",
  // The text: CHECK MUST have prevResult. libcni calls without one when its file is gone.
  checkNeedsResult: false,

  // A variable without a value is there and empty, for STATUS and GC too.
  environment: ({ cniPath }, attachment) => ({
    CNI_CONTAINERID: attachment?.containerId ?? "",
    CNI_NETNS: attachment?.netns ?? "",
    CNI_ARGS: argumentsText(attachment?.cniArgs),
    CNI_IFNAME: attachment?.ifname ?? "",
    CNI_PATH: cniPath.join(":"),
  }),

  // For plugins that look for variables even here; nothing of the configuration goes along.
  versionCall: () => ({
    environment: {
      CNI_CONTAINERID: "",
      CNI_NETNS: "dummy",
      CNI_ARGS: "",
      CNI_IFNAME: "dummy",
      CNI_PATH: "dummy",
    },
    config: { cniVersion: newestVersion },
  }),
  versionProblem(document, { cniVersion }, type) {
    const supported = supportedVersions(document);
    if (!Array.isArray(supported)) return `decoding version info: ${supported}`;
    const isIn = supported.includes(cniVersion || "0.1.0");
    return isIn ? undefined : `plugin ${type} does not support config version "${cniVersion}"`;
  },

  // The text takes `capabilities` out, and reserved keys that are not defined; libcni lays its keys over what is there.
  derive: ({ name, cniVersion }, plugin, derivation = {}) => {
    const { prevResult, capabilityArguments = {}, validAttachments } = derivation;
    const runtimeConfig = runtimeConfigOf(plugin, capabilityArguments);
    return {
      ...plugin,
      name,
      cniVersion,
      ...(prevResult !== undefined && { prevResult }),
      ...(Object.keys(runtimeConfig).length > 0 && { runtimeConfig }),
      ...(validAttachments !== undefined &&
        Object.fromEntries(gcKeys.map((key) => [key, validAttachments]))),
    };
  },

  // Any regular file counts: one that cannot be run is found, and fails then.
  async find(type, cniPath) {
    if (type.includes("/")) return { refusal: `invalid plugin name: ${type}` };
    for (const directory of cniPath) {
      const path = join(directory, type);
      const found = await stat(path).catch(() => undefined);
      if (!found?.isFile()) continue;
      if ((found.mode & 0o111) !== 0) return { path };
      const why = `fork/exec ${path}: permission denied`;
      return { refusal: `netplugin failed with no error message: ${why}` };
    }
    return { refusal: `failed to find plugin "${type}" in path [${cniPath.join(" ")}]` };
  },

  // Names are looked at by ADD only.
  refuse(verb, { name }, { containerId, ifname }) {
    if (verb === "CHECK" && (containerId === "" || ifname === "")) {
      const what = `network name ("${name}"), container ID ("${containerId}"), and interface name ("${ifname}")`;
      const msg = `failed to get network "${name}" cached result: cache file path requires ${what}`;
      return { code: 0, msg };
    }
    if (verb !== "ADD") return undefined;
    if (containerId === "") return { code: codes.container, msg: "missing containerID" };
    if (!nameGrammar.test(containerId)) {
      const msg = `invalid characters in containerID; ${containerId}`;
      return { code: codes.environment, msg };
    }
    if (!nameGrammar.test(name)) {
      return { code: codes.network, msg: `invalid characters found in network name; ${name}` };
    }
    const msg = interfaceNameProblem(ifname);
    return msg === undefined ? undefined : { code: codes.environment, msg };
  },

  read: readResult,
  saved: resultAs,

  heard(verb, plugin, { msg, details }) {
    const whole = details === undefined ? msg : `${msg}; ${details}`;
    if (verb === "ADD") return `plugin type="${plugin}" failed (add): ${whole}`;
    if (verb === "DEL") return `plugin type="${plugin}" failed (delete): ${whole}`;
    return verb === "GC" ? `failed to GC plugin ${plugin}: ${whole}` : whole;
  },
};

/** The versions a plugin says it speaks, or why they cannot be read. */
function supportedVersions(document: unknown): readonly string[] | string {
  try {
    const field = fieldsOf(document);
    const said = text(field("cniVersion"));
    const supported = list(field("supportedVersions")).map(text);
    if (said === "") return "missing field cniVersion";
    if (supported.length > 0) return supported;
    return said === "0.2.0" ? ["0.1.0", "0.2.0"] : "missing field supportedVersions";
  } catch (error) {
    if (error instanceof NotDecodable) return error.message;
    throw error;
  }
}

function interfaceNameProblem(ifname: string): string | undefined {
  if (ifname === "") return "interface name is empty";
  if (Buffer.byteLength(ifname) > 15) {
    return "interface name is too long; interface name should be less than 16 characters";
  }
  if (ifname === "." || ifname === "..") return "interface name is . or ..";
  if (!/[/:\s]/.test(ifname)) return undefined;
  return "interface name contains / or : or whitespace characters";
}
