/**
 * Drives a DPU agent of the public reference by its three calls (proto/cniaction). It knows no handshake, health, list or
 * generation: what is asked of it is kept to what it survives, and its pulse is that it goes on refusing our handshake.
 */
import {
  type ClientUnaryCall,
  credentials,
  Metadata,
  type ServiceError,
  status,
} from "@grpc/grpc-js";
import { CNIActionClient } from "../../proto/gen/cniaction/cniaction.ts";
import { OffloadClient } from "../../proto/gen/offload/v1/offload.ts";
import type { Log } from "../base/log.ts";
import { sleep } from "../base/time.ts";
import { CniError, cniCodes } from "../cni/cni-error.ts";
import { type AttachmentKey, keyText, type PodName } from "../cni/types.ts";
import type { Agent, PortSetting } from "./agent.ts";
import type { AgentLink, Timeouts } from "./agent-link.ts";
import { addressOf, fromIpInfo } from "./reference-messages.ts";
import { cniErrorOf, connectionState, type Verb } from "./status.ts";

export interface ReferenceSetting {
  /** physical functions of this card */
  readonly pfs: number;
  /** what we know of an attachment: such an agent is told of VFs and containers, not of keys */
  readonly portOf: (key: AttachmentKey) => ReferencePort | undefined;
}

export interface ReferencePort {
  readonly vf: { readonly pf: number; readonly index: number };
  readonly pod: PodName;
  /** what it was given; undefined until it was */
  readonly port?: PortSetting | undefined;
}

export interface ReferenceLinkOptions extends ReferenceSetting {
  /** host:port */
  readonly address: string;
  readonly timeoutsMs: Timeouts;
  readonly log: Log;
}

export const referenceNotices: readonly string[] = [
  "the DPU agent is one of the public reference: nothing proves who it is; pods get one IPv4 address, no IPv6, no DNS",
  "the DPU agent is one of the public reference: it cannot list its ports, so ports it lost or kept by mistake are not found, and it cannot say whether it can serve an ADD",
];

export class ReferenceLink implements AgentLink {
  readonly #options: ReferenceLinkOptions;
  readonly #client: CNIActionClient;
  readonly #offload: OffloadClient;
  readonly #inFlight = new Set<ClientUnaryCall>();

  constructor(options: ReferenceLinkOptions) {
    this.#options = options;
    // No pings: servers that did not ask for them close the connection of who sends many.
    this.#client = new CNIActionClient(options.address, credentials.createInsecure(), {
      "grpc.use_local_subchannel_pool": 1,
      "grpc.enable_retries": 0,
      "grpc.enable_http_proxy": 0,
      "grpc.service_config_disable_resolution": 1,
    });
    const channelOverride = this.#client.getChannel();
    this.#offload = new OffloadClient(options.address, credentials.createInsecure(), {
      channelOverride,
    });
  }

  async addPort(...[port, signal]: Parameters<Agent["addPort"]>): Promise<PortSetting> {
    const { log, timeoutsMs } = this.#options;
    const request = {
      podInfo: this.#podInfo(port.key, port.pod),
      intfInfo: this.#intfInfo(port.vf),
      macAddr: port.vf.mac.toLowerCase(),
      ipamAllocatedbyHost: { ipamAllocatedbyHost: false },
      ipInfo: undefined,
      offloadFlags: { CheckSumOffload: false },
      vlan: "",
    };
    const limits = { timeoutMs: timeoutsMs.change, signal };
    const { ipInfo } = await this.#call("AddPort", this.#client.cmdAdd, request, limits);
    const setting = fromIpInfo(ipInfo, port.vf.mac);
    if (typeof setting === "string") {
      throw new CniError(
        cniCodes.dpuRefused,
        `Cannot add the port on the DPU "${this.#options.address}": ${setting}`,
      );
    }
    if (setting.addresses[0]?.gateway === undefined) {
      log.warn("the DPU named no gateway; the pod's default route has none", {
        key: keyText(port.key),
      });
    }
    return setting;
  }

  async deletePort(...[key]: Parameters<Agent["deletePort"]>): Promise<void> {
    const request = this.#named("delete the port on", key);
    const limits = { timeoutMs: this.#options.timeoutsMs.change };
    await this.#call("DeletePort", this.#client.cmdDel, request, limits);
  }

  async checkPort(...[key]: Parameters<Agent["checkPort"]>): Promise<void> {
    const named = this.#named("check the port on", key);
    const address = addressOf(this.#options.portOf(key)?.port);
    const ipInfo = { version: "4", address, gateway: "", dns: "" };
    const request = { ...named, ipInfo };
    const limits = { timeoutMs: this.#options.timeoutsMs.read };
    await this.#call("CheckPort", this.#client.cmdCheck, request, limits);
  }

  async listPorts(): Promise<undefined> {
    return undefined;
  }

  async pulse(...[{ maxAgeMs, signal }, onHealth]: Parameters<AgentLink["pulse"]>) {
    const periodMs = Math.floor(maxAgeMs / 2.5);
    while (!signal.aborted) {
      const code = await this.#knock(maxAgeMs - periodMs, signal);
      if (signal.aborted) break;
      if (code.status === status.OK) return "it speaks offload.v1 now";
      if (code.status === status.DEADLINE_EXCEEDED) {
        return `it has been silent for ${(maxAgeMs / 1000).toFixed(1)} s`;
      }
      if (code.status !== status.UNIMPLEMENTED) return connectionState(code.details);
      onHealth({ state: "ready", notices: referenceNotices });
      await sleep(periodMs, signal).catch(() => {});
    }
    return "this host closed the connection";
  }

  close(): void {
    for (const call of this.#inFlight) call.cancel();
    this.#client.close();
  }

  #knock(timeoutMs: number, signal: AbortSignal) {
    return new Promise<{ readonly status: number; readonly details: string }>((resolve) => {
      const request = { node: "", versions: [], instanceId: "", software: "" };
      const options = { deadline: Date.now() + timeoutMs };
      const answered = (error: ServiceError | null) => {
        signal.removeEventListener("abort", onAbort);
        resolve({ status: error?.code ?? status.OK, details: error?.details ?? "" });
      };
      const call = this.#offload.handshake(request, new Metadata(), options, answered);
      const onAbort = () => call.cancel();
      signal.addEventListener("abort", onAbort, { once: true });
    });
  }

  #named(deed: string, key: AttachmentKey) {
    const known = this.#options.portOf(key);
    if (known !== undefined) {
      return { podInfo: this.#podInfo(key, known.pod), intfInfo: this.#intfInfo(known.vf) };
    }
    throw new CniError(
      cniCodes.dpuRefused,
      `Cannot ${deed} the DPU "${this.#options.address}": it knows VFs only, and which one "${keyText(key)}" had is not recorded here`,
    );
  }

  #podInfo({ containerId }: AttachmentKey, { namespace, name }: PodName) {
    return { podNamespace: namespace, podName: name, containerId };
  }

  #intfInfo({ pf, index }: ReferencePort["vf"]) {
    return { name: "", vfid: index, pfid: pf, numPfs: this.#options.pfs };
  }

  #call<Request, Response>(
    verb: Verb,
    method: Method<Request, Response>,
    request: Request,
    limits: { readonly timeoutMs: number; readonly signal?: AbortSignal },
  ): Promise<Response> {
    const { timeoutMs, signal } = limits;
    const { address } = this.#options;
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const options = { deadline: Date.now() + timeoutMs };
      const onAbort = () => call.cancel();
      const call = method.call(
        this.#client,
        request,
        new Metadata(),
        options,
        (error, response) => {
          signal?.removeEventListener("abort", onAbort);
          this.#inFlight.delete(call);
          if (error === null) return resolve(response);
          if (signal?.aborted) return reject(signal.reason);
          reject(cniErrorOf({ verb, address, code: error.code, details: error.details }));
        },
      );
      this.#inFlight.add(call);
      signal?.addEventListener("abort", onAbort, { once: true });
    });
  }
}

/** A generated client method. */
type Method<Request, Response> = (
  request: Request,
  metadata: Metadata,
  options: { readonly deadline: number },
  callback: (error: ServiceError | null, response: Response) => void,
) => ClientUnaryCall;
