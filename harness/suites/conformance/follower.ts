/** Reference plugins that run later in a list, called with the result of the plugin under test. */
import type { CheckContext } from "../../core/check.ts";
import { type Answer, readAnswer } from "../../runtime/answer.ts";
import { findExecutable } from "../../runtime/find-executable.ts";
import { invoke } from "../../runtime/invoke.ts";
import type { Verb } from "../../spec/version.ts";
import { versionAnswer } from "../../spec/version-answer.ts";
import type { Attached } from "./attached.ts";
import { parseJson } from "./parse-json.ts";
import type { Subject } from "./subject.ts";

/** where packages and releases of the reference plugins put them */
const installed = ["/usr/lib/cni", "/opt/cni/bin"];

export interface Follower {
  readonly type: string;
  /** the newest version that it and the plugin under test speak */
  readonly version: string;
  call(t: CheckContext, verb: Verb, after: Attached): Promise<Answer>;
}

/** undefined: it is not installed here, or speaks no version of the plugin's */
export async function followerOf(
  subject: Subject,
  object: Readonly<Record<string, unknown>> & { readonly type: string },
): Promise<Follower | undefined> {
  const { type } = object;
  const path = [...subject.plugin.cniPath, ...installed];
  const executable = await findExecutable(type, path);
  if (executable === undefined) return undefined;
  const { host } = subject.node;
  const run = (environment: Record<string, string>, stdin: object) =>
    invoke(host, {
      executable,
      environment: { CNI_PATH: path.join(":"), ...environment },
      stdin: JSON.stringify(stdin),
      timeoutMs: 10_000,
    });
  const asked = await run({ CNI_COMMAND: "VERSION" }, { cniVersion: "1.0.0" });
  const spoken = versionAnswer.safeParse(parseJson(asked.evidence.stdout)).data?.supportedVersions;
  const version = subject.plugin.versions.findLast((one) => spoken?.includes(one));
  if (version === undefined) return undefined;
  return {
    type,
    version,
    async call(t, verb, { pod, ifname, network: name, result: prevResult }) {
      const environment = {
        CNI_COMMAND: verb,
        CNI_CONTAINERID: pod.containerId,
        CNI_NETNS: pod.netns,
        CNI_IFNAME: ifname,
      };
      const called = await run(environment, { ...object, cniVersion: version, name, prevResult });
      t.evidence(called.evidence);
      return readAnswer(verb, version, called);
    },
  };
}
