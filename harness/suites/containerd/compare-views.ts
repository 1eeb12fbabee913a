/** Where two runtimes differ over one pod, in sentences. How they word a refusal of their own is not compared. */
import { isDeepStrictEqual } from "node:util";
import type { PodView } from "./pod-view.ts";

export function compareViews(double: PodView, real: PodView): readonly string[] {
  const differences: string[] = [];
  const compare = (what: string, expected: unknown, actual: unknown) => {
    if (isDeepStrictEqual(expected, actual)) return;
    differences.push(
      `${what}: the double says ${JSON.stringify(expected)}, containerd says ${JSON.stringify(actual)}`,
    );
  };
  compare("the end of RunPodSandbox", double.run, real.run);
  compare("the pod's addresses", double.ips, real.ips);
  compare("the end of StopPodSandbox", double.stop, real.stop);
  compare("the verbs the plugin saw", double.verbs, real.verbs);
  for (const verb of Object.keys(double.calls)) {
    compare(
      `the environment of ${verb}`,
      double.calls[verb]?.environment,
      real.calls[verb]?.environment,
    );
    compare(`the configuration of ${verb}`, double.calls[verb]?.stdin, real.calls[verb]?.stdin);
  }
  return differences;
}
