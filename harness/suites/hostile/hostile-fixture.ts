/** What the checks of suite hostile share: the pods, the stage that is set when the first check asks, the agents' own words. */
import { z } from "zod";
import type { Node, Place } from "../../core/backend.ts";
import type { CheckContext } from "../../core/check.ts";
import type { Fixture, SuiteContext } from "../../core/suite.ts";
import { offloadOver } from "../../install/offload.ts";
import { offloadFiles } from "../../install/offload-config.ts";
import { plant } from "../../install/planted.ts";
import { productAt, repository } from "../../install/product.ts";
import { Closing } from "../closing.ts";
import { type Member, type Population, populate } from "../connectivity/population.ts";
import { Stage } from "./stage.ts";

/** of every VF of this suite's agents */
export const limit = { mbitPerSecond: 8, burstKbyte: 64 } as const;

const hostInventory = z.looseObject({
  vfs: z.array(
    z.looseObject({
      pciAddress: z.string(),
      state: z.string(),
      reason: z.string().optional(),
      proven: z.boolean().optional(),
    }),
  ),
});

const enforcement = z.looseObject({ state: z.string(), reason: z.string().default("") });
const inventory = z.looseObject({
  guard: z.looseObject({ antiSpoofing: enforcement, limits: enforcement }).optional(),
  ports: z.array(
    z.looseObject({
      owner: z.looseObject({ containerId: z.string() }),
      representor: z.string(),
      dropped: z.number().optional(),
    }),
  ),
});

export interface HostileOptions {
  readonly dataplane: string | undefined;
  readonly plantedBug: string | undefined;
  readonly podsPerNode: number;
}

export class HostileFixture implements Fixture {
  readonly #closing: Closing;
  readonly #population: Population;
  readonly #root: string;
  #stage: Promise<Stage> | undefined;

  private constructor(closing: Closing, population: Population, root: string) {
    this.#closing = closing;
    this.#population = population;
    this.#root = root;
  }

  static async open(context: SuiteContext, options: HostileOptions): Promise<HostileFixture> {
    const closing = new Closing();
    try {
      const { plantedBug, dataplane, podsPerNode } = options;
      const copy = plantedBug === undefined ? undefined : closing.use(await plant(plantedBug));
      const root = copy?.root ?? repository;
      const installer = offloadOver(dataplane, { root, guard: { limit }, provesPairs: true });
      const asked = { installer, podsPerNode, runtime: "double" } as const;
      const population = closing.use(await populate(context, asked));
      return new HostileFixture(closing, population, root);
    } catch (error) {
      await closing[Symbol.asyncDispose]().catch(() => {});
      throw error;
    }
  }

  /** Once; whoever asks first says when it cannot be set. */
  stage(t: CheckContext): Promise<Stage> {
    const representorOf = async ({ node, pod }: Member) => {
      const { ports } = await this.inventory(node);
      return ports.find(({ owner }) => owner.containerId === pod.containerId)?.representor;
    };
    this.#stage ??= Stage.open(t, this.#population, representorOf).then((stage) =>
      this.#closing.use(stage),
    );
    return this.#stage;
  }

  get nodes(): readonly Node[] {
    return this.#population.world.nodes;
  }

  /** the agent's */
  async inventory(node: Node): Promise<z.infer<typeof inventory>> {
    const { agentLauncher } = productAt(this.#root);
    const { agentConfig } = offloadFiles(node);
    return inventory.parse(await printed(node.dpu, agentLauncher, agentConfig));
  }

  /** the daemon's */
  async hostInventory(node: Node): Promise<z.infer<typeof hostInventory>> {
    const { hostLauncher } = productAt(this.#root);
    const { hostConfig } = offloadFiles(node);
    return hostInventory.parse(await printed(node.host, hostLauncher, hostConfig));
  }

  casualties(): readonly string[] {
    return this.#population.casualties?.() ?? [];
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#closing[Symbol.asyncDispose]();
  }
}

async function printed(place: Place, launcher: string, config: string): Promise<unknown> {
  const words = [process.execPath, launcher, "inventory", "--config", config];
  const { stdout, stderr, exitCode } = await place.exec(words);
  if (exitCode === 0) return JSON.parse(stdout);
  throw new Error(`Cannot read the inventory of ${place.name}: ${stderr.trim()}`);
}
