/** Cuts and slows a link between two places: token buckets at its ends, which this kernel has (it has no netem). */
import { CommandError } from "../../impl/base/command-error.ts";
import type { Place } from "../core/backend.ts";
import type { LinkFaults } from "../core/node-faults.ts";

/** A packet longer than the bucket is dropped, and every packet is longer than one byte. */
const nothing = ["rate", "8bit", "burst", "1", "limit", "1"];
const queueMs = 1_000;
/** bytes: one packet of the link's MTU passes at once */
const burst = "1600";

type Shape = readonly string[] | undefined;

export class PlaceLink implements LinkFaults {
  readonly #host: Place;
  readonly #dpu: Place;
  readonly #netdev: string;
  #state: LinkFaults["state"] = "whole";
  /** what each end lets out */
  #shapes: { readonly host: Shape; readonly dpu: Shape } = { host: undefined, dpu: undefined };

  constructor(ends: { readonly host: Place; readonly dpu: Place; readonly netdev: string }) {
    this.#host = ends.host;
    this.#dpu = ends.dpu;
    this.#netdev = ends.netdev;
  }

  get state(): LinkFaults["state"] {
    return this.#state;
  }

  async cut(direction: "both" | "toHost" | "toDpu" = "both"): Promise<void> {
    this.#state = "cut";
    this.#shapes = {
      host: direction === "toHost" ? undefined : nothing,
      dpu: direction === "toDpu" ? undefined : nothing,
    };
    await this.apply();
  }

  async slow(kbitPerSecond: number): Promise<void> {
    this.#state = "slow";
    const shape = ["rate", `${kbitPerSecond}kbit`, "burst", burst, "latency", `${queueMs}ms`];
    this.#shapes = { host: shape, dpu: shape };
    await this.apply();
  }

  async heal(): Promise<void> {
    this.#state = "whole";
    this.#shapes = { host: undefined, dpu: undefined };
    await this.apply();
  }

  /** Again after a boot has made an end anew: the cable is as it was. */
  async apply(): Promise<void> {
    await Promise.all([
      this.#shape(this.#host, this.#shapes.host),
      this.#shape(this.#dpu, this.#shapes.dpu),
    ]);
  }

  async #shape(place: Place, shape: Shape): Promise<void> {
    const root = ["dev", this.#netdev, "root"];
    const argv =
      shape === undefined
        ? ["tc", "qdisc", "del", ...root]
        : ["tc", "qdisc", "replace", ...root, "tbf", ...shape];
    const done = await place.exec(argv, { timeoutMs: 5_000 });
    // What the kernel gives a veth by itself cannot be deleted: then nothing was shaped.
    if (done.exitCode === 0 || shape === undefined) return;
    throw new CommandError({ argv, exitCode: done.exitCode ?? -1, stderr: done.stderr });
  }
}
