/** The calls of offload.v1 on one connection. */
import { CniError, cniCodes } from "../cni/cni-error.ts";
import type { Agent, ProbeRequest, Sighting } from "./agent.ts";
import type { AgentConnection } from "./agent-connection.ts";
import type { AgentLink, Timeouts } from "./agent-link.ts";
import { fromAddPortResponse, fromHealth, fromKey, toAddPortRequest } from "./agent-messages.ts";

export class OffloadLink implements AgentLink {
  readonly #connection: AgentConnection;
  readonly #timeoutsMs: Timeouts;

  constructor(connection: AgentConnection, timeoutsMs: Timeouts) {
    this.#connection = connection;
    this.#timeoutsMs = timeoutsMs;
  }

  async addPort(...[port, signal]: Parameters<Agent["addPort"]>) {
    const { methods, address } = this.#connection;
    const options = { timeoutMs: this.#timeoutsMs.change, signal };
    const request = toAddPortRequest(port);
    const response = await this.#connection.call("AddPort", methods.addPort, request, options);
    if (response.addresses.length === 0 || response.mac === "" || response.mtu === 0) {
      throw new CniError(
        cniCodes.dpuRefused,
        `Cannot add the port on the DPU "${address}": its answer lacks addresses, MAC or MTU`,
      );
    }
    return fromAddPortResponse(response);
  }

  async deletePort(...[key, generation]: Parameters<Agent["deletePort"]>) {
    const timeoutMs = this.#timeoutsMs.change;
    const { deletePort } = this.#connection.methods;
    const request = { attachment: { ...key }, generation };
    await this.#connection.call("DeletePort", deletePort, request, { timeoutMs });
  }

  async checkPort(...[key, generation]: Parameters<Agent["checkPort"]>) {
    const timeoutMs = this.#timeoutsMs.read;
    const { checkPort } = this.#connection.methods;
    const request = { attachment: { ...key }, generation };
    await this.#connection.call("CheckPort", checkPort, request, { timeoutMs });
  }

  async listPorts() {
    const timeoutMs = this.#timeoutsMs.read;
    const { listPorts } = this.#connection.methods;
    const { ports } = await this.#connection.call("ListPorts", listPorts, {}, { timeoutMs });
    return ports.flatMap(({ attachment, generation, vf }) => {
      const key = fromKey(attachment);
      const where = vf === undefined ? {} : { vf: { pf: vf.pf, index: vf.index } };
      return typeof key === "string" ? [] : [{ key, generation, ...where }];
    });
  }

  async probe({ token, vfs, waitMs }: ProbeRequest): Promise<readonly Sighting[]> {
    const { probeVfs } = this.#connection.methods;
    const timeoutMs = waitMs + this.#timeoutsMs.read;
    const numbered = vfs.map(({ pf, index }) => ({ pf, index, mac: "", pciAddress: "" }));
    const request = { token: Buffer.from(token), vfs: numbered, waitMs };
    const answer = await this.#connection.call("ProbeVfs", probeVfs, request, { timeoutMs });
    return answer.sightings;
  }

  pulse(...[options, onHealth]: Parameters<AgentLink["pulse"]>) {
    return this.#connection.watchHealth(options, (health) => onHealth(fromHealth(health)));
  }

  close(): void {
    this.#connection.close();
  }
}
