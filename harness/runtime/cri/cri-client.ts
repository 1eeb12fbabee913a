/** A `Cri` over the unix socket of a container runtime. */
import {
  type CallOptions,
  type ClientUnaryCall,
  credentials,
  Metadata,
  type ServiceError,
  status,
} from "@grpc/grpc-js";
import { z } from "zod";
import { parseShape } from "../../../impl/base/shape.ts";
import { PodSandboxState, RuntimeServiceClient } from "../../../proto/gen/runtime/v1/runtime.ts";
import { type Cri, CriError, type SandboxConfig, type SandboxStatus } from "./cri.ts";

/** containerd lists the OCI specification of a sandbox under this key of its verbose status. */
const verboseInfo = z.object({
  runtimeSpec: z
    .object({
      linux: z.object({
        namespaces: z.array(z.object({ type: z.string(), path: z.string().optional() })),
      }),
    })
    .nullish(),
});

/** @param timeoutMs of each call; the kubelet waits 2 minutes */
export function connectCri(socket: string, timeoutMs = 30_000): Cri {
  const client = new RuntimeServiceClient(`unix:${socket}`, credentials.createInsecure());
  type Unary<Request, Response> = (
    request: Request,
    metadata: Metadata,
    options: Partial<CallOptions>,
    done: (error: ServiceError | null, response: Response) => void,
  ) => ClientUnaryCall;

  function call<Request, Response>(method: Unary<Request, Response>, request: Request) {
    return new Promise<Response>((resolve, reject) => {
      const options = { deadline: Date.now() + timeoutMs };
      method.call(client, request, new Metadata(), options, (error, response) => {
        if (error === null) resolve(response);
        else reject(failure(error));
      });
    });
  }

  return {
    async version() {
      const { runtimeName, runtimeVersion } = await call(client.version, { version: "v1" });
      return `${runtimeName} ${runtimeVersion}`;
    },

    async unready() {
      const { status: runtime } = await call(client.status, { verbose: false });
      return (runtime?.conditions ?? [])
        .filter((condition) => !condition.status)
        .map(({ type, reason, message }) => `${type}: ${reason}: ${message}`);
    },

    async runPodSandbox(pod) {
      const request = { config: configOf(pod), runtimeHandler: "" };
      return (await call(client.runPodSandbox, request)).podSandboxId;
    },

    async status(id): Promise<SandboxStatus> {
      const { status: sandbox, info } = await call(client.podSandboxStatus, {
        podSandboxId: id,
        verbose: true,
      });
      const { ip = "", additionalIps = [] } = sandbox?.network ?? {};
      return {
        isReady: sandbox?.state === PodSandboxState.SANDBOX_READY,
        ips: [ip, ...additionalIps.map((one) => one.ip)].filter((one) => one !== ""),
        netns: netnsOf(info["info"]),
      };
    },

    async stopPodSandbox(id) {
      await call(client.stopPodSandbox, { podSandboxId: id });
    },

    async removePodSandbox(id) {
      await call(client.removePodSandbox, { podSandboxId: id });
    },

    async list() {
      return (await call(client.listPodSandbox, {})).items.map(({ id }) => id);
    },

    [Symbol.dispose]: () => client.close(),
  };
}

function failure(error: ServiceError): CriError {
  const isLost = error.code === status.UNAVAILABLE;
  return new CriError(error.details || error.message, { cause: error, isLost });
}

function configOf({ namespace, name, uid, attempt = 0 }: SandboxConfig) {
  return {
    metadata: { namespace, name, uid, attempt },
    hostname: name,
    logDirectory: "",
    dnsConfig: { servers: [], searches: [], options: [] },
    portMappings: [],
    labels: {},
    annotations: {},
    linux: { cgroupParent: "" },
  };
}

function netnsOf(text = "{}"): string {
  const parsed = parseShape(verboseInfo, JSON.parse(text));
  if (!parsed.ok) throw new CriError(`Cannot read the sandbox's status: ${parsed.reason}`);
  const namespaces = parsed.value.runtimeSpec?.linux.namespaces ?? [];
  return namespaces.find(({ type }) => type === "network")?.path ?? "";
}
