/** One call to the daemon from TypeScript: what the shim does, for tests and for programs that act like one. */
import { connect } from "node:net";
import type { RelayAnswer, RelayRequest } from "./relay.ts";
import { encodeRequest, RelayAnswerReader } from "./relay-frame.ts";

/** Rejects when the daemon cannot be reached, cuts its answer short, or `signal` aborts first. */
export function callRelay(
  socketPath: string,
  request: RelayRequest,
  signal: AbortSignal,
): Promise<RelayAnswer> {
  return new Promise((resolve, reject) => {
    const socket = connect({ path: socketPath, allowHalfOpen: true, signal });
    const reader = new RelayAnswerReader();
    socket.once("error", reject);
    socket.once("close", () =>
      reject(new Error(`Cannot call "${socketPath}": the answer was cut short`)),
    );
    socket.on("data", (chunk) => {
      try {
        const answer = reader.push(chunk);
        if (answer === undefined) return;
        resolve(answer);
      } catch (error) {
        reject(error);
      }
      socket.destroy();
    });
    socket.end(encodeRequest(request));
  });
}
