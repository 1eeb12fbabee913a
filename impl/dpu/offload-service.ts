/** The methods of offload.v1, each a few lines between its messages and the ports. */
import type { ServerWritableStream } from "@grpc/grpc-js";
import {
  type Attachment,
  type Health,
  Health_State,
  type OffloadServer,
  type WatchHealthRequest,
} from "../../proto/gen/offload/v1/offload.ts";
import { pause } from "../base/pause.ts";
import { CniError, cniCodes } from "../cni/cni-error.ts";
import { type AttachmentKey, keyText } from "../cni/types.ts";
import type { ProbeRequest, Sighting } from "../wire/agent.ts";
import { fromAddPortRequest, fromKey, toAddPortResponse } from "../wire/agent-messages.ts";
import {
  type AnswerOptions,
  authorize,
  refusalOf,
  replaced,
  requireCurrent,
  unary,
} from "./answer.ts";
import type { HealthWatch } from "./health.ts";
import type { Ports } from "./ports.ts";
import { referenceNetwork } from "./reference-service.ts";

export interface ServiceOptions extends AnswerOptions {
  readonly ports: Ports;
  readonly health: HealthWatch;
  readonly software: string;
  /** asked at each handshake */
  readonly capabilities: () => readonly string[];
  /** none: it has no VFs to prove */
  readonly probe?: (request: ProbeRequest, signal: AbortSignal) => Promise<readonly Sighting[]>;
  /** what else than certificates an operator should know */
  readonly notices?: () => readonly string[];
  /** ends the health streams, which never end by themselves */
  readonly closing: AbortSignal;
}

const version = "1.0";
/** silence that a daemon accepts when it names none */
const defaultIntervalMs = 1000;

export function offloadService(options: ServiceOptions): OffloadServer {
  const { ports, node, instanceId, software, capabilities, hosts } = options;
  return {
    handshake: unary(options, "Handshake", async ({ request, log }) => {
      log({ host: request.instanceId, software: request.software });
      if (!request.versions.includes(version)) {
        const theirs = request.versions.join(", ") || "none";
        throw refused(
          `agree on a version with "${request.node}"`,
          `it speaks ${theirs}, this DPU ${version}`,
        );
      }
      if (request.node !== node) {
        throw refused(`serve node "${request.node}"`, `this DPU serves "${node}"`);
      }
      if (hosts.meet(request.instanceId) === "retired") throw replaced(request.instanceId);
      const { newestGeneration } = ports;
      return {
        ...{ node, version, instanceId, software, newestGeneration },
        capabilities: [...capabilities()],
      };
    }),
    addPort: unary(options, "AddPort", async ({ request, signal, log }) => {
      const port = valid(fromAddPortRequest(request));
      log({ attachment: keyText(port.key), generation: port.generation, vf: port.vf });
      const setting = await ports.add(port, signal);
      await pause?.("port-added", keyText(port.key));
      return toAddPortResponse(setting);
    }),
    deletePort: unary(options, "DeletePort", async ({ request, log }) => {
      const key = loggedKey(request, log);
      await pause?.("port-delete-asked", keyText(key));
      const deleted = await ports.delete(key, request.generation);
      await pause?.("port-deleted", keyText(key));
      log({ deleted });
      return { deleted };
    }),
    checkPort: unary(options, "CheckPort", async ({ request, log }) => {
      await ports.check(loggedKey(request, log), request.generation);
      return {};
    }),
    listPorts: unary(options, "ListPorts", async () => ({
      // What hosts of the reference made is theirs: our daemon would take it for strays.
      ports: portsOfOurs(ports).map(({ key, generation, vf, representor, setting }) => ({
        attachment: { ...key },
        generation,
        vf: { ...vf },
        representor,
        addresses: setting.addresses.map(({ address, gateway = "" }) => ({ address, gateway })),
      })),
    })),
    probeVfs: unary(options, "ProbeVfs", async ({ request, signal, log }) => {
      const { token, vfs, waitMs } = request;
      log({ vfs: vfs.length });
      const sightings = await options.probe?.({ token, vfs, waitMs }, signal);
      return { sightings: (sightings ?? []).map((one) => ({ ...one })) };
    }),
    watchHealth: (call) => watchHealth(options, call),
  };
}

function watchHealth(
  options: ServiceOptions,
  call: ServerWritableStream<WatchHealthRequest, Health>,
): void {
  try {
    authorize(options, call);
    requireCurrent(options, call);
  } catch (error) {
    call.emit("error", refusalOf(error));
    return;
  }
  const { health, ports, instanceId, closing, security } = options;
  const send = () => {
    const { current } = health;
    try {
      requireCurrent(options, call);
    } catch (error) {
      call.emit("error", refusalOf(error));
      return;
    }
    call.write({
      state: states[current.state],
      reason: current.state === "ready" ? "" : current.reason,
      instanceId,
      ports: ports.list().length,
      freeIpv4: current.free.ipv4,
      freeIpv6: current.free.ipv6,
      notices: [...security.notices(), ...(options.notices?.() ?? [])],
    });
  };
  const timer = setInterval(send, Math.max(100, call.request.intervalMs || defaultIntervalMs));
  const unwatch = health.watch(send);
  const end = () => {
    clearInterval(timer);
    unwatch();
    closing.removeEventListener("abort", finish);
  };
  const finish = () => call.end();
  call.on("cancelled", end).on("close", end).on("finish", end).on("error", end);
  closing.addEventListener("abort", finish, { once: true });
  send();
}

function portsOfOurs(ports: Ports) {
  return ports.list().filter(({ key }) => key.network !== referenceNetwork);
}

const states = {
  ready: Health_State.READY,
  notReady: Health_State.NOT_READY,
  down: Health_State.DATAPLANE_DOWN,
} as const;

function refused(action: string, state: string): CniError {
  return new CniError(cniCodes.dpuRefused, `Cannot ${action}: ${state}`);
}

function valid<T>(value: T | string): T {
  if (typeof value !== "string") return value;
  throw new CniError(cniCodes.undecodableContent, `Cannot read the request: ${value}`);
}

function loggedKey(
  request: { readonly attachment: Attachment | undefined; readonly generation: number },
  log: (fields: Record<string, unknown>) => void,
): AttachmentKey {
  const key = valid(fromKey(request.attachment));
  log({ attachment: keyText(key), generation: request.generation });
  return key;
}
