/** What the physical function has set for each VF, as `ip link set PF vf N …` would: kept as data, across home-comings. */

export interface VfSettings {
  readonly mac: string;
  /** 0: none */
  readonly vlan: number;
  readonly trust: boolean;
  readonly spoofCheck: boolean;
  readonly linkState: "auto" | "enable" | "disable";
}

export class PfTable {
  readonly #rows: VfSettings[];

  /** @param macs of the VFs, by index */
  constructor(macs: readonly string[]) {
    this.#rows = macs.map((mac) => ({
      mac,
      vlan: 0,
      trust: false,
      spoofCheck: true,
      linkState: "auto",
    }));
  }

  get(vf: number): VfSettings {
    const row = this.#rows[vf];
    if (row === undefined) throw new RangeError(`Cannot read VF "${vf}": there is no such VF`);
    return row;
  }

  set(vf: number, change: Partial<VfSettings>): void {
    this.#rows[vf] = { ...this.get(vf), ...change };
  }

  /** One line per VF, in the words of `ip link show dev PF`. */
  lines(): readonly string[] {
    return this.#rows.map((row, vf) => {
      const { mac, vlan, trust, spoofCheck, linkState } = row;
      const flags = `spoof checking ${spoofCheck ? "on" : "off"}, trust ${trust ? "on" : "off"}`;
      return `vf ${vf} link/ether ${mac}, vlan ${vlan}, ${flags}, link-state ${linkState}`;
    });
  }
}
