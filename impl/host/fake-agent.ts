/** A DPU for tests: a small true model of the agent's rules, with a switch for each way it can be away. */
import { CniError, cniCodes } from "../cni/cni-error.ts";
import { type AttachmentKey, keyText } from "../cni/types.ts";
import type {
  Agent,
  AgentHealth,
  Connected,
  ListedPort,
  NewPort,
  PortSetting,
} from "../wire/agent.ts";

interface FakePort extends ListedPort {
  readonly pciAddress: string;
  readonly setting: PortSetting;
}

const away = new CniError(cniCodes.tryAgainLater, "Cannot reach the DPU agent: it is away");

export class FakeAgent implements Agent {
  /** what it says at each connection */
  can: readonly string[] = [];
  readonly ports = new Map<string, FakePort>();
  /** every call that changed or asked something, e.g. "addPort podnet/a/eth0" */
  readonly calls: string[] = [];
  readonly mtu: number;
  /** calls fail, though health has not noticed */
  isUnreachable = false;
  /** calls are accepted and never answered */
  isSilent = false;
  /** last number of the first address it gives */
  firstHost = 2;
  /** gives a port that it lost other addresses than the pod has */
  ignoresWishes = false;
  /** in place of its own */
  gives: Pick<PortSetting, "addresses" | "routes"> | undefined;
  /** what CHECK finds */
  difference: string | undefined;
  #health: AgentHealth = { state: "ready" };
  readonly #listeners: ((event: Connected) => void)[] = [];
  /** generation of the last delete of each key */
  readonly #deleted = new Map<string, number>();

  constructor(mtu = 1400) {
    this.mtu = mtu;
  }

  async addPort(port: NewPort, signal: AbortSignal): Promise<PortSetting> {
    await this.#reach(`addPort ${keyText(port.key)}`, signal);
    const key = keyText(port.key);
    const known = this.ports.get(key);
    if (known !== undefined && known.generation > port.generation) {
      throw new CniError(cniCodes.dpuRefused, "a newer generation lives there");
    }
    if ((this.#deleted.get(key) ?? 0) >= port.generation) {
      throw new CniError(cniCodes.dpuRefused, `generation ${port.generation} was deleted already`);
    }
    for (const other of this.ports.values()) {
      if (other.pciAddress === port.vf.pciAddress && keyText(other.key) !== key) {
        throw new CniError(cniCodes.dpuRefused, `${port.vf.pciAddress} belongs to another port`);
      }
    }
    const setting = known?.generation === port.generation ? known.setting : this.#setting(port);
    const wanted = this.ignoresWishes ? undefined : port.addresses;
    if (wanted !== undefined) Object.assign(setting, { addresses: wanted });
    const { pciAddress } = port.vf;
    const vf = { pf: port.vf.pf, index: port.vf.index };
    const { generation } = port;
    this.ports.set(key, { key: port.key, generation, pciAddress, vf, setting });
    return setting;
  }

  async deletePort(key: AttachmentKey, generation: number): Promise<void> {
    await this.#reach(`deletePort ${keyText(key)}`);
    this.#deleted.set(keyText(key), Math.max(generation, this.#deleted.get(keyText(key)) ?? 0));
    const known = this.ports.get(keyText(key));
    if (known !== undefined && known.generation <= generation) this.ports.delete(keyText(key));
  }

  async checkPort(key: AttachmentKey, generation: number): Promise<void> {
    await this.#reach(`checkPort ${keyText(key)}`);
    const known = this.ports.get(keyText(key));
    const difference = known?.generation === generation ? this.difference : "it has no such port";
    if (difference !== undefined) throw new CniError(cniCodes.checkFailed, difference);
  }

  async listPorts(): Promise<readonly ListedPort[]> {
    await this.#reach("listPorts");
    return [...this.ports.values()].map(({ key, generation, vf }) => ({
      ...{ key, generation },
      ...(vf === undefined ? {} : { vf }),
    }));
  }

  health(): AgentHealth {
    return this.#health;
  }

  capabilities(): readonly string[] {
    return this.can;
  }

  onConnected(listener: (event: Connected) => void): void {
    this.#listeners.push(listener);
  }

  async close(): Promise<void> {}

  /** What the health stream brings. */
  becomes(health: AgentHealth): void {
    this.#health = health;
    if (health.state === "ready") for (const each of this.#listeners) each(this.connected());
  }

  /** What it says of itself at a connection. */
  connected(): Connected {
    const live = [...this.ports.values()].map(({ generation }) => generation);
    const newestGeneration = Math.max(0, ...live, ...this.#deleted.values());
    return { restarted: false, newestGeneration };
  }

  async #reach(call: string, signal?: AbortSignal): Promise<void> {
    this.calls.push(call);
    if (this.isUnreachable) throw away;
    if (!this.isSilent) return;
    await new Promise((_, reject) => {
      signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
    });
  }

  #setting(port: NewPort): PortSetting {
    const taken = new Set([...this.ports.values()].map(({ setting }) => last(setting)));
    let host = this.firstHost;
    while (taken.has(host)) host += 1;
    return {
      addresses: [
        { address: `10.244.1.${host}/32`, gateway: "169.254.1.1" },
        { address: `fd00:10:244:1::${host}/128`, gateway: "fe80::1" },
      ],
      routes: [
        { dst: "169.254.1.1/32" },
        { dst: "0.0.0.0/0", gw: "169.254.1.1" },
        { dst: "::/0", gw: "fe80::1" },
      ],
      mtu: this.mtu,
      mac: port.vf.mac,
      dns: {},
      ...this.gives,
    };
  }
}

function last(setting: PortSetting): number {
  return Number(/\.(\d+)\/32$/.exec(setting.addresses[0]?.address ?? "")?.[1]);
}
