/** The offload on every node of a world, with the means to hold it at instants; each node serves one case at a time. */
import { mkdirSync } from "node:fs";
import type { Node } from "../../core/backend.ts";
import type { CheckContext } from "../../core/check.ts";
import type { Installation } from "../../core/installation.ts";
import { OutcomeSignal } from "../../core/outcome.ts";
import type { Fixture, SuiteContext } from "../../core/suite.ts";
import { offloadOver } from "../../install/offload.ts";
import { plant } from "../../install/planted.ts";
import { openOracle } from "../../oracle/open-oracle.ts";
import { networkOf } from "../../runtime/network.ts";
import { Closing } from "../closing.ts";
import { durableVariables } from "./durable.ts";
import { pauseVariable } from "./pauses.ts";
import { durableImage, Station, stationFolder } from "./station.ts";

/** bystander, subject and one to spare: each look at a node costs by the VF */
const vfsPerNode = 3;

export class FaultBench implements Fixture {
  readonly #closing: Closing;
  readonly #installation: Installation;
  readonly #free: Station[];
  readonly #waiting: ((station: Station) => void)[] = [];

  private constructor(closing: Closing, installation: Installation, stations: readonly Station[]) {
    this.#closing = closing;
    this.#installation = installation;
    this.#free = [...stations];
  }

  static async open(
    { world, signal, progress }: SuiteContext,
    plantedBug: string | undefined,
  ): Promise<FaultBench> {
    const closing = new Closing();
    try {
      const copy = plantedBug === undefined ? undefined : closing.use(await plant(plantedBug));
      const root = copy && { root: copy.root };
      const installer = offloadOver(undefined, { ...root, environment });
      for (const node of world.nodes) {
        mkdirSync(stationFolder(node, "pauses"), { recursive: true });
        const { length: count } = node.card.vfs;
        closing.defer(async () => node.faults?.changeVfs({ count }));
        await node.faults?.changeVfs({ count: Math.min(count, vfsPerNode) });
      }
      const installation = closing.use(await installer.install(world, { signal, progress }));
      const oracle = await openOracle();
      const stations: Station[] = [];
      for (const node of world.nodes) {
        const faults = installation.faults?.(node);
        if (faults === undefined) throw notApplicable(node);
        const network = networkOf(installation.plugin(node));
        const station = await Station.open({ node, faults, network, oracle });
        stations.push(station);
      }
      closing.useAll(stations);
      return new FaultBench(closing, installation, stations);
    } catch (error) {
      await closing[Symbol.asyncDispose]().catch(() => {});
      throw error;
    }
  }

  casualties(): readonly string[] {
    return this.#installation.casualties();
  }

  /** A node at rest, for this check alone. */
  async lease(t: CheckContext): Promise<Station> {
    const station =
      this.#free.shift() ?? (await new Promise<Station>((resolve) => this.#waiting.push(resolve)));
    t.cleanup(async () => {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free.push(station);
      else next(station);
    });
    if (station.isSuspect) await station.renew();
    return station;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#closing[Symbol.asyncDispose]();
  }
}

function environment(node: Node): Readonly<Record<string, string>> {
  return {
    [pauseVariable]: stationFolder(node, "pauses"),
    ...durableVariables(durableImage(node)),
  };
}

function notApplicable(node: Node): OutcomeSignal {
  const message = `nothing can be done to ${node.name}: its backend permits no faults`;
  return new OutcomeSignal({ kind: "notApplicable", message });
}
