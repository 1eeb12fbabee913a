/**
 * Proves, before a pod has a VF, that the DPU means the same one by its number: each free VF sends a frame, and the agent
 * says at which representor it came in. A VF that comes in elsewhere, or nowhere, is quarantined with that as the reason.
 */
import { randomBytes } from "node:crypto";
import type { Log } from "../base/log.ts";
import { findAtHome, type Home } from "../vf/home.ts";
import { keyDigest, printMark } from "../vf/mark.ts";
import type { VfPool } from "../vf/pool.ts";
import { pristineOf, restore } from "../vf/pristine.ts";
import type { Pristine, Vf } from "../vf/vf.ts";
import type { Agent, Sighting } from "../wire/agent.ts";
import { probeFrame } from "../wire/probe-frame.ts";

/** of the handshake: the agent knows ProbeVfs */
export const probeCapability = "probe";

/** VFs of one question; what they take together is bounded, and the first can be had while others are proven */
const atOnce = 256;
/** The first frames after a carrier are lost: until all were heard or this time is up. */
const waitMs = 3_000;
const sendMs = 50;
/** A VF that was heard nowhere, or elsewhere, may have been mended meanwhile. */
const againMs = 60_000;
/** How long an ADD waits for the first VFs to be proven. */
export const proofWaitMs = 4_000;

interface Ready {
  readonly vf: Vf;
  readonly pristine: Pristine;
}

interface World {
  readonly pool: VfPool;
  readonly agent: Agent;
  readonly home: Home;
  readonly log: Log;
}

export class PairProof {
  readonly #world: World;
  readonly #proven = new Set<string>();
  /** of those that failed: when they are tried again, by the clock */
  readonly #retryAt = new Map<string, number>();
  readonly #stopping = new AbortController();
  #isRunning = false;
  #running: Promise<void> = Promise.resolve();
  readonly #first: { readonly done: Promise<void>; readonly end: () => void } = deferred();

  constructor(world: World) {
    this.#world = world;
  }

  /** Resolves when the first VFs were looked at since the last connection, or no agent could look; never later than the time. */
  async settled(signal: AbortSignal): Promise<void> {
    const late = this.#world.home.clock.sleep(proofWaitMs, signal).catch(() => {});
    await Promise.race([this.#first.done, late]);
  }

  isProven(pciAddress: string): boolean {
    return this.#proven.has(pciAddress);
  }

  /** The DPU may be another one, or have been mended: what failed is tried again. */
  connected(): void {
    this.#retryAt.clear();
  }

  /** Proves in the background what is free and not proven. Cheap when all is. */
  wake(): void {
    if (this.#isRunning || this.#stopping.signal.aborted) return;
    this.#isRunning = true;
    this.#running = this.pass().finally(() => {
      this.#isRunning = false;
    });
  }

  /** What it has brought up is as before then. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  /** One look at all; never rejects. */
  async pass(): Promise<void> {
    const { pool, agent, log, home } = this.#world;
    if (agent.health().state !== "ready") return;
    if (agent.probe === undefined || !agent.capabilities().includes(probeCapability)) {
      this.#first.end();
      return;
    }
    const now = home.clock.now();
    const isDue = (vf: Vf) =>
      !this.#proven.has(vf.pciAddress) && (this.#retryAt.get(vf.pciAddress) ?? 0) <= now;
    const held = pool.hold(isDue);
    try {
      for (let i = 0; i < held.length && !this.#stopping.signal.aborted; i += atOnce) {
        const batch = held.slice(i, i + atOnce);
        await this.#prove(batch);
        pool.unhold(batch);
        this.#first.end();
      }
    } catch (error) {
      log.warn("the pairing of VFs and representors could not be proven", { error });
    } finally {
      pool.unhold(held);
      this.#first.end();
    }
  }

  async #prove(vfs: readonly Vf[]): Promise<void> {
    const { agent, home, log } = this.#world;
    const token = randomBytes(16);
    const ready: Ready[] = [];
    try {
      for (const vf of vfs) {
        const one = await this.#raise(vf);
        if (one !== undefined) ready.push(one);
      }
      if (ready.length === 0) return;
      const asked = ready.map(({ vf: { pf, index } }) => ({ pf, index }));
      const answered = new AbortController();
      const answer = agent.probe?.({ token, vfs: asked, waitMs }) ?? Promise.resolve([]);
      const sending = this.#send(ready, token, answered.signal);
      const sightings = await Promise.race([answer, aborted(this.#stopping.signal)]).finally(() =>
        answered.abort(),
      );
      await sending;
      if (sightings === undefined) return;
      const faults = ready.flatMap((one) => this.#judge(one, sightings));
      log.info("VFs and representors were paired", {
        proven: ready.length - faults.length,
        quarantined: faults,
      });
    } finally {
      for (const { vf, pristine } of ready) {
        const left = await restore(home.netns, pristine.name, pristine);
        if (left === undefined) continue;
        log.warn("vf is not as before its pairing was proven", { vf: vf.pciAddress, left });
      }
    }
  }

  /** Up, with a mark by which it is restored should this daemon die; undefined where it is not at home. */
  async #raise(vf: Vf): Promise<Ready | undefined> {
    const { netns } = this.#world.home;
    const link = await findAtHome(this.#world.home, vf.pciAddress, 0);
    if (typeof link === "string") return undefined;
    const pristine = pristineOf(link);
    const owner = keyDigest({ network: "@probe", containerId: "host", ifname: link.name });
    const { pciAddress } = vf;
    const alias = printMark({ pciAddress, generation: 0, owner, pristine });
    await netns.linkSet(link.name, { alias, up: true });
    return { vf, pristine };
  }

  async #send(ready: readonly Ready[], token: Uint8Array, signal: AbortSignal): Promise<void> {
    const { netns, clock } = this.#world.home;
    while (!signal.aborted) {
      for (const { vf, pristine } of ready) {
        // A VF that went away is heard nowhere.
        const frame = probeFrame(pristine.address, token, vf);
        await netns.sendFrame(pristine.name, frame).catch(() => {});
      }
      await clock.sleep(sendMs, signal).catch(() => {});
    }
  }

  #judge({ vf }: Ready, sightings: readonly Sighting[]): readonly string[] {
    const { pool, home } = this.#world;
    const { pciAddress, pf, index } = vf;
    const own = sightings.filter((one) => one.pf === pf && one.index === index);
    const wrong = own.find(({ representor, expected }) => representor !== expected);
    const fault =
      wrong === undefined
        ? own.length > 0
          ? undefined
          : `none of its frames came in at a representor of the DPU in ${waitMs} ms`
        : `its frames come in at representor "${wrong.representor}" of the DPU, expected "${wrong.expected}": correct vfs.pfs here or the agent's pattern "representor"`;
    pool.heldBack.condemn(pciAddress, fault);
    if (fault === undefined) {
      this.#proven.add(pciAddress);
      return [];
    }
    this.#retryAt.set(pciAddress, home.clock.now() + againMs);
    return [`${pciAddress}: ${fault}`];
  }
}

function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    signal.addEventListener("abort", () => resolve(undefined), { once: true });
  });
}

function deferred() {
  let end: () => void = () => {};
  const done = new Promise<void>((resolve) => {
    end = resolve;
  });
  return { done, end };
}
