/**
 * The stage of suite hostile: attached pods of which one is in an attacker's hands, who holds its host too and writes any
 * frame; and ears wherever such a frame could turn up: in the other pods and on the DPUs.
 */
import { isIPv4 } from "node:net";
import { z } from "zod";
import { sleep } from "../../../impl/base/time.ts";
import type { Listener, Netns } from "../../../impl/netlink/kernel.ts";
import { linuxKernel } from "../../../impl/netlink/linux.ts";
import type { Node } from "../../core/backend.ts";
import type { CheckContext } from "../../core/check.ts";
import type { Fixture } from "../../core/suite.ts";
import { mustReach, podAttempt } from "../connectivity/pairs.ts";
import { addressOf, type Member, type Population } from "../connectivity/population.ts";
import { ipFacts } from "../ip-facts.ts";
import { markOf, udp } from "./frames.ts";

/** A link that just got its carrier drops what it is given; a loaded machine takes its time. */
const patienceMs = 10_000;
const pauseMs = 20;

interface Ear {
  /** "pod node1-b", "node1/dpu" */
  readonly place: string;
  readonly listener: Listener;
  /** where the attacker's frames come in before anybody judges them */
  readonly deafTo: string | undefined;
}

interface Sound {
  readonly where: string;
  readonly frame: Uint8Array;
  readonly isOutgoing: boolean;
}

/** A member with what frames need. */
export interface Party {
  readonly member: Member;
  readonly mac: string;
  readonly ipv4: string;
  readonly ipv6: string;
}

const neighbours = z.array(
  z.looseObject({ dst: z.string(), lladdr: z.string().optional(), dev: z.string().optional() }),
);

export class Stage implements Fixture {
  readonly population: Population;
  readonly attacker: Party;
  /** on the attacker's node */
  readonly victim: Party;
  readonly #netns: Netns;
  readonly #ears: readonly Ear[];
  readonly #handles: readonly Netns[];
  /** MACs by which the attacker's frames get further: of its gateway and of pods on its link */
  readonly doors: readonly string[];
  #sounds: Sound[] = [];
  #marks = 0;

  private constructor(given: {
    readonly population: Population;
    readonly parties: readonly [Party, Party];
    readonly handles: readonly [Netns, ...Netns[]];
    readonly ears: readonly Ear[];
    readonly doors: readonly string[];
  }) {
    this.population = given.population;
    [this.attacker, this.victim] = given.parties;
    [this.#netns] = given.handles;
    this.#handles = given.handles;
    this.#ears = given.ears;
    this.doors = given.doors;
  }

  /** The first two pods of the first node; fails when they cannot talk while nobody attacks. */
  static async open(
    t: CheckContext,
    population: Population,
    representorOf: (member: Member) => Promise<string | undefined>,
  ): Promise<Stage> {
    const members = population.arrivals.flatMap(({ member }) => (member?.result ? [member] : []));
    const [first] = members;
    const [one, two] = members.filter(({ node }) => node === first?.node);
    t.must(one && two, "two pods of one node should be attached (see suite connectivity)");
    const parties = [await partyOf(t, one), await partyOf(t, two)] as const;
    const far = members.find(({ node }) => node !== one.node);
    for (const family of [4, 6] as const) {
      const pairs = [two, ...(far === undefined ? [] : [far])].map((to) => ({ from: one, to }));
      await mustReach(
        t,
        pairs.map((pair) => podAttempt(pair, family)),
        ({ from, to }, target) =>
          from.workload.tcp({ ...target, port: to.workload.ports.tcp, bytes: 64 }),
      );
    }
    const kernel = linuxKernel();
    const attacking = await kernel.open(one.pod.netns);
    const handles: [Netns, ...Netns[]] = [attacking];
    const ears: Ear[] = [];
    const listen = async (place: string, path: string, deafTo?: string) => {
      const netns = await kernel.open(path);
      handles.push(netns);
      ears.push({ place, listener: await netns.listen("any"), deafTo });
    };
    for (const member of members.filter((other) => other !== one)) {
      await listen(`pod ${member.name}`, member.pod.netns);
    }
    for (const node of population.world.nodes) {
      const own = node === one.node ? await representorOf(one) : undefined;
      await listen(node.dpu.name, node.dpu.netns, own);
    }
    const doors = [...new Set([...(await knownMacs(one)), parties[1].mac])];
    return new Stage({ population, parties, handles, ears, doors });
  }

  get node(): Node {
    return this.attacker.member.node;
  }

  newMark(): Buffer {
    this.#marks += 1;
    return markOf(this.#marks);
  }

  async send(frame: Uint8Array): Promise<void> {
    await this.#netns.sendFrame(this.attacker.member.ifname, frame);
  }

  /** Where a frame with this mark was heard, as others would have got it. */
  whereHeard(mark: Buffer): readonly string[] {
    this.#listen();
    const found = this.#sounds.filter(({ frame }) => Buffer.from(frame).includes(mark));
    return [...new Set(found.map(({ where }) => where))];
  }

  /**
   * Sends what the attacker may send until the victim has it: so the way is open, and what was sent before has passed too.
   * Gives the door by which it came.
   */
  async mustPass(t: CheckContext, src: string = this.attacker.ipv4): Promise<string> {
    const { victim, attacker } = this;
    const dst = isIPv4(src) ? victim.ipv4 : victim.ipv6;
    const marks = this.doors.map((door) => ({ door, mark: this.newMark() }));
    const place = `pod ${victim.member.name}`;
    for (const endMs = Date.now() + patienceMs; Date.now() < endMs; ) {
      for (const { door, mark } of marks) {
        await this.send(udp({ src: attacker.mac, dst: door }, [src, dst], mark));
      }
      await sleep(pauseMs, t.signal);
      const heard = marks.find(({ mark }) =>
        this.whereHeard(mark).some((where) => where.startsWith(place)),
      );
      if (heard !== undefined) return heard.door;
    }
    t.fail(`what pod ${attacker.member.name} may send from ${src} should reach ${place}`);
  }

  /** Entries of the DPU's neighbour table by which `address` would be the attacker. */
  async believed(address: string): Promise<readonly string[]> {
    const { stdout } = await this.node.dpu.exec(["ip", "-j", "neigh"]);
    const all = stdout.trim() === "" ? [] : neighbours.parse(JSON.parse(stdout));
    return all
      .filter(({ dst, lladdr }) => dst === address && lladdr === this.attacker.mac)
      .map(({ dst, dev = "?" }) => `${dst} on ${dev}`);
  }

  casualties(): readonly string[] {
    return this.population.casualties?.() ?? [];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { listener } of this.#ears) listener[Symbol.dispose]();
    for (const handle of this.#handles) handle[Symbol.dispose]();
  }

  #listen(): void {
    for (const { place, listener, deafTo } of this.#ears) {
      for (const { link, frame, isOutgoing } of listener.take()) {
        if (link === deafTo || link === "lo") continue;
        this.#sounds.push({ where: `${place} ${link}`, frame, isOutgoing });
      }
    }
  }
}

export async function partyOf(t: CheckContext, member: Member): Promise<Party> {
  const facts = await ipFacts(member.pod.place);
  const mac = facts.links.find(({ name }) => name === member.ifname)?.mac;
  const [ipv4, ipv6] = [addressOf(member, 4), addressOf(member, 6)];
  t.must(mac && ipv4 && ipv6, `pod ${member.name} should have a MAC and an address of each family`);
  return { member, mac, ipv4, ipv6 };
}

async function knownMacs({ pod }: Member): Promise<readonly string[]> {
  const { stdout } = await pod.place.exec(["ip", "-j", "neigh"]);
  const all = stdout.trim() === "" ? [] : neighbours.parse(JSON.parse(stdout));
  return all.flatMap(({ lladdr }) => lladdr ?? []);
}
