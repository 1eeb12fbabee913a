/** Multus as the plugin that runs plugins: several networks per pod, a cache of its own, devices by runtimeConfig. */
import { consumeByGoCni } from "../consume.ts";
import { kubernetesArguments, type Personality } from "../personality.ts";
import { libcniProcedure } from "../procedures/libcni.ts";

export const multus: Personality = {
  name: "multus",
  procedure: libcniProcedure,
  deadlinesMs: {},
  attachesLoopback: false,
  shufflesArguments: false,
  stopsAtFailedDel: false,
  asksVersionAtLoad: false,
  collectsAtStart: false,
  checksAfterAdd: false,
  refusesTakenNames: true,
  listsOwnAttachments: true,
  forgetsConfiguration: true,
  skipsGonePods: true,
  cniArgs: kubernetesArguments,
  capabilityArguments: ({ deviceId }) => (deviceId === undefined ? {} : { deviceID: deviceId }),
  // It passes the default network's result to the runtime above it, mostly containerd.
  consume: consumeByGoCni,
  failedDel: () => "retried",
};
