/** CRI-O with ocicni: CHECK straight after ADD, one DEL without another try, VERSION at load, GC at start. */
import { consumeEveryAddress } from "../consume.ts";
import { kubernetesArguments, type Personality } from "../personality.ts";
import { libcniProcedure } from "../procedures/libcni.ts";

export const crio: Personality = {
  name: "crio",
  procedure: libcniProcedure,
  deadlinesMs: { ADD: 300_000, CHECK: 300_000, DEL: 60_000, GC: 30_000 },
  attachesLoopback: false, // it brings lo up by itself
  shufflesArguments: false,
  stopsAtFailedDel: false,
  asksVersionAtLoad: true,
  collectsAtStart: true,
  checksAfterAdd: true,
  refusesTakenNames: false,
  listsOwnAttachments: false,
  forgetsConfiguration: false,
  skipsGonePods: false,
  cniArgs: kubernetesArguments,
  capabilityArguments: ({ portMappings = [], bandwidth }) => ({
    ...(portMappings.length > 0 && { portMappings }),
    ...(bandwidth && { bandwidth }),
  }),
  consume: consumeEveryAddress,
  failedDel: () => "forgotten",
};
