/**
 * Serves hosts of the public reference offload (proto/cniaction) with the ports of this agent. Their calls name a VF and
 * perhaps a container, and no generation, so the VF decides: what a host adds on it takes the place of what it had there
 * before, and a delete or check for another container than the one that is there now touches nothing.
 */
import { type ServerUnaryCall, type sendUnaryData, status } from "@grpc/grpc-js";
import type {
  CNIActionServer,
  CNIAddRequest,
  CNIAddResponse,
  IntfDetails,
  PodDetails,
} from "../../proto/gen/cniaction/cniaction.ts";
import { KeyedLock } from "../base/lock.ts";
import type { Log } from "../base/log.ts";
import { type AttachmentKey, keyText } from "../cni/types.ts";
import type { PortSetting } from "../wire/agent.ts";
import { oneLine } from "./port-error.ts";
import type { PortRecord } from "./port-record.ts";
import type { Ports } from "./ports.ts";

export interface ReferenceOptions {
  readonly ports: Ports;
  readonly log: Log;
}

/** No CNI network can be called so: ports of the two protocols never meet. */
export const referenceNetwork = "~cniaction";

export function referenceService(options: ReferenceOptions): CNIActionServer {
  const calls = new ReferenceCalls(options);
  return {
    cmdAdd: answering(options.log, "cmdAdd", (call, log) => calls.add(call, log)),
    cmdDel: answering(options.log, "cmdDel", async ({ request }, log) => {
      await calls.delete(request.intfInfo, request.podInfo, log);
      return { ipInfo: undefined, status: "" };
    }),
    cmdCheck: answering(options.log, "cmdCheck", async ({ request }, log) => {
      const { intfInfo, podInfo, ipInfo } = request;
      await calls.check({ intfInfo, podInfo, address: ipInfo?.address ?? "" }, log);
      return { ipInfo: undefined, status: "" };
    }),
  };
}

type AddFields = (fields: Record<string, unknown>) => void;
interface Call<Request> {
  readonly request: Request;
  readonly signal: AbortSignal;
}

/** One log line per call; every failure is UNKNOWN with a text, which is all this protocol knows. */
function answering<Request, Response>(
  log: Log,
  verb: string,
  work: (call: Call<Request>, log: AddFields) => Promise<Response>,
) {
  return async (call: ServerUnaryCall<Request, Response>, answer: sendUnaryData<Response>) => {
    const startedMs = performance.now();
    const fields: Record<string, unknown> = { peer: call.getPeer() };
    const gone = new AbortController();
    call.on("cancelled", () => gone.abort(new Error("the host gave up")));
    const finish = (outcome: string) => {
      const durationMs = Math.round((performance.now() - startedMs) * 10) / 10;
      log.info(verb, { ...fields, durationMs, outcome });
    };
    try {
      const add = (more: Record<string, unknown>) => void Object.assign(fields, more);
      const response = await work({ request: call.request, signal: gone.signal }, add);
      finish("ok");
      answer(null, response);
    } catch (error) {
      const details = oneLine(error);
      finish(`UNKNOWN: ${details}`);
      answer({ code: status.UNKNOWN, details });
    }
  };
}

interface Checked {
  readonly intfInfo: IntfDetails | undefined;
  readonly podInfo: PodDetails | undefined;
  /** "" when the host does not say what it has */
  readonly address: string;
}

class ReferenceCalls {
  readonly #ports: Ports;
  readonly #log: Log;
  /** per VF: the fence is a look and a change */
  readonly #lock = new KeyedLock();
  #lastGeneration = 0;

  constructor({ ports, log }: ReferenceOptions) {
    this.#ports = ports;
    this.#log = log;
  }

  async add({ request, signal }: Call<CNIAddRequest>, log: AddFields): Promise<CNIAddResponse> {
    const key = keyOf(request.intfInfo, request.podInfo);
    const mac = request.macAddr.toLowerCase();
    // The dataplane would choose one, and the answer has no place to say which.
    if (mac === "") throw new Error("Cannot read the request: it names no MAC");
    const vf = { ...vfOf(request.intfInfo), mac, pciAddress: "" };
    log({ attachment: keyText(key), vf });
    return this.#lock.run(key.ifname, async () => {
      await this.#giveUp(key, vf);
      const generation = this.#portOf(key)?.generation ?? this.#nextGeneration();
      const { podNamespace = "", podName = "" } = request.podInfo ?? {};
      const pod = { namespace: podNamespace, name: podName, uid: "" };
      const port = { key, generation, vf, pod, networkConfig: "{}" };
      const setting = await this.#ports.add(port, signal);
      try {
        return printSetting(setting, vf.mac);
      } catch (error) {
        await this.#ports.delete(key, generation);
        throw error;
      }
    });
  }

  delete(intf: IntfDetails | undefined, pod: PodDetails | undefined, log: AddFields) {
    const key = keyOf(intf, pod);
    log({ attachment: keyText(key) });
    return this.#lock.run(key.ifname, async () => {
      const port = this.#portOf(key);
      const deleted = port !== undefined && (await this.#ports.delete(key, port.generation));
      log({ deleted });
    });
  }

  async check({ intfInfo, podInfo, address }: Checked, log: AddFields): Promise<void> {
    const key = keyOf(intfInfo, podInfo);
    log({ attachment: keyText(key) });
    const port = this.#portOf(key);
    await this.#ports.check(key, port?.generation ?? 0);
    const ours = port?.setting.addresses.map((each) => bare(each.address)) ?? [];
    if (address === "" || ours.includes(bare(address))) return;
    throw new Error(
      `Cannot confirm port "${keyText(key)}": the DPU gave ${ours.join(", ") || "no address"}, the host has ${address}`,
    );
  }

  /** Removes what a new port of `key` takes the place of. */
  async #giveUp(key: AttachmentKey, vf: PortRecord["vf"]): Promise<void> {
    for (const other of this.#ports.list()) {
      if (other.vf.pf !== vf.pf || other.vf.index !== vf.index) continue;
      if (other.key.network !== referenceNetwork) {
        throw new Error(
          `Cannot add port "${keyText(key)}": VF ${vf.pf}/${vf.index} belongs to port "${keyText(other.key)}" of another host program`,
        );
      }
      // The same once more, as after an answer that came too late: it gets the same answer.
      if (keyText(other.key) === keyText(key) && other.vf.mac === vf.mac) continue;
      await this.#ports.delete(other.key, other.generation);
      this.#log.info("a port gave way to a later one of its VF", {
        attachment: keyText(other.key),
        later: keyText(key),
      });
    }
  }

  #portOf(key: AttachmentKey): PortRecord | undefined {
    return this.#ports.list().find((port) => keyText(port.key) === keyText(key));
  }

  #nextGeneration(): number {
    this.#lastGeneration = Math.max(Date.now(), this.#lastGeneration + 1);
    return this.#lastGeneration;
  }
}

function vfOf(intf: IntfDetails | undefined): { readonly pf: number; readonly index: number } {
  if (intf === undefined) throw new Error("Cannot read the request: it names no VF");
  return { pf: intf.pfid, index: intf.vfid };
}

/** The container is unknown to hosts that know no pod: then the VF alone is the key. */
function keyOf(intf: IntfDetails | undefined, pod: PodDetails | undefined): AttachmentKey {
  const { pf, index } = vfOf(intf);
  const containerId = printable(pod?.containerId ?? "") || "~";
  return { network: referenceNetwork, containerId, ifname: `vf${pf}-${index}` };
}

/** Without "/", and no longer than any runtime's. */
function printable(text: string): string {
  const escaped = (char: string) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`;
  return text.slice(0, 256).replace(/[^A-Za-z0-9_.-]/g, escaped);
}

/** What such a host survives: a bare IPv4 address with a gateway, and nothing that it cannot be told. */
function printSetting(setting: PortSetting, mac: string): CNIAddResponse {
  const first = setting.addresses.find(({ address }) => !address.includes(":"));
  if (first === undefined) throw cannotTell("the port has no IPv4 address");
  const gateway = first.gateway ?? setting.routes.find(({ dst }) => dst === "0.0.0.0/0")?.gw;
  if (gateway === undefined) throw cannotTell("the port has no gateway");
  if (setting.mac !== mac) {
    throw cannotTell(`the port wants MAC ${setting.mac}, the VF has ${mac}`);
  }
  const ipInfo = { version: "4", address: bare(first.address), gateway, dns: "" };
  return { ipInfo, vlan: "", status: "" };
}

function cannotTell(state: string): Error {
  return new Error(`Cannot answer in the reference's protocol: ${state}`);
}

function bare(address: string): string {
  return address.replace(/\/.*/, "");
}
