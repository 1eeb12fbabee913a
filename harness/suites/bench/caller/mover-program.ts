/**
 * Moves a veth of its own into a pod's namespace and back, one netlink request each, and says how long the kernel took: the
 * least that any ADD and DEL of a VF must wait for. The other end of the pair stays where the process was started.
 *
 * {"id":1,"do":"ADD","netns":"/run/netns/POD"} → {"id":1,"durationMs":…}     {"id":2,"do":"DEL"}
 */
import { createInterface } from "node:readline";
import { z } from "zod";
import { KeyedLock } from "../../../../impl/base/lock.ts";
import { linuxKernel } from "../../../../impl/netlink/linux.ts";

const link = "bench0";
const peer = "bench0peer";
const inPod = "eth0";

const order = z.object({ id: z.number(), do: z.enum(["ADD", "DEL"]), netns: z.string() });

const kernel = linuxKernel();
const own = await kernel.open();
await own.linkAdd({ kind: "veth", name: link, peer: { name: peer } });
await own.linkSet(peer, { up: true });

async function move(verb: "ADD" | "DEL", path: string): Promise<number> {
  using pod = await kernel.open(path);
  const startedAt = performance.now();
  if (verb === "ADD") await own.linkSet(link, { netns: pod, name: inPod });
  else await pod.linkSet(inPod, { netns: own, name: link });
  return performance.now() - startedAt;
}

function leave(): void {
  void own.linkDel(link).finally(() => process.exit(0));
}

const lock = new KeyedLock();
createInterface({ input: process.stdin })
  .on("line", (line) => {
    const { id, do: verb, netns } = order.parse(JSON.parse(line));
    void lock.run(link, async () => {
      const durationMs = await move(verb, netns);
      process.stdout.write(`${JSON.stringify({ id, durationMs })}\n`);
    });
  })
  .on("close", leave);
process.on("SIGTERM", leave);
process.stdout.write('{"id":0}\n');
