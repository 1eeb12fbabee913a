/**
 * A real container runtime, as the kubelet talks to it: Kubernetes' Container Runtime Interface (CRI v1), the part that
 * makes pod sandboxes. The runtime runs the CNI plugins; what it made of them is read back from the sandbox's status.
 */
export interface Cri extends Disposable {
  /** "containerd 1.6.20" */
  version(): Promise<string>;
  /** Reasons why pods cannot run now; empty: RuntimeReady and NetworkReady. */
  unready(): Promise<readonly string[]>;
  /** Makes the sandbox and attaches its network. Rejects with CriError, whose message the kubelet would show. */
  runPodSandbox(pod: SandboxConfig): Promise<string>;
  status(id: string): Promise<SandboxStatus>;
  /** Detaches the network and ends the sandbox; idempotent. */
  stopPodSandbox(id: string): Promise<void>;
  /** Forgets it; idempotent. */
  removePodSandbox(id: string): Promise<void>;
  /** ids, those included whose network could not be attached */
  list(): Promise<readonly string[]>;
}

export interface SandboxConfig {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** grows with each sandbox of the same pod */
  readonly attempt?: number;
}

export interface SandboxStatus {
  readonly isReady: boolean;
  /** the pod's addresses, its main one first; empty while it has none */
  readonly ips: readonly string[];
  /** path of its network namespace */
  readonly netns: string;
}

/** What the kubelet hears of a call that failed. */
export class CriError extends Error {
  override readonly name = "CriError";
  /** the connection broke: the runtime may have gone down */
  readonly isLost: boolean;

  constructor(message: string, options: ErrorOptions & { readonly isLost?: boolean } = {}) {
    super(message, options);
    this.isLost = options.isLost ?? false;
  }
}
