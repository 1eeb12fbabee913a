/** The daemon of a node in this process: all of it but its socket and its way to the DPU. */
import { KeyedLock } from "../../impl/base/lock.ts";
import { Turnstile } from "../../impl/base/turnstile.ts";
import { parseAttachment } from "../../impl/host/attachment-record.ts";
import { Attachments } from "../../impl/host/attachments.ts";
import { Generations, parseReserved } from "../../impl/host/generations.ts";
import { deletesAtOnce, type Host, verbDeadlinesMs } from "../../impl/host/host.ts";
import { Reconcile } from "../../impl/host/reconcile.ts";
import { recover } from "../../impl/host/recover.ts";
import { openCard } from "../../impl/vf/card.ts";
import { sysfsPf } from "../../impl/vf/fake-sysfs.ts";
import { VfPool } from "../../impl/vf/pool.ts";
import { type DirectAgent, directAgent } from "./direct-agent.ts";
import { type Life, mortal } from "./life.ts";
import type { Site } from "./site.ts";

export interface LiveDaemon {
  readonly life: Life;
  readonly host: Host;
  readonly reconcile: Reconcile;
  readonly agent: DirectAgent;
  /** the background was asked to look at once */
  isWoken: boolean;
}

/** As impl/host/daemon.ts puts it together; the background looks when the stage lets it. */
export async function startDaemon(site: Site, life: Life): Promise<LiveDaemon> {
  const log = site.newLog("host");
  const kernel = site.kernelOf("host", life);
  const clock = mortal(site.newClock(), life);
  const store = mortal(site.disks.host.store(parseAttachment), life);
  const reserved = mortal(site.disks.generations.store(parseReserved), life);
  const generations = await Generations.open(reserved, { clock, log });
  const attachments = await Attachments.open(store, generations);
  const card = await openCard({ sysfsRoot: site.sysfsRoot, pfs: [sysfsPf], log });
  const home = { netns: await kernel.open(), sysfsRoot: site.sysfsRoot, clock };
  const pool = new VfPool({
    ...{ ...card, home, log },
    ownerOf: (vf) => attachments.ownerOf(vf.pciAddress) ?? attachments.lostOwnerOf(vf),
    owned: () => attachments.vfs(),
    doubt: () => attachments.doubt(),
  });
  const agent = directAgent(() => site.way());
  const host: Host = {
    ...{ kernel, home, pool, attachments, log, agent: mortal(agent, life) },
    ...{ node: "node1", software: "in this process", locks: new KeyedLock() },
    deletes: new Turnstile(deletesAtOnce),
    exhaustedIsUnavailable: false,
    deadlinesMs: verbDeadlinesMs,
    havePortsBeenSeen: () => live.reconcile.havePortsBeenSeen,
    wakeReconcile() {
      live.isWoken = true;
    },
  };
  const live: LiveDaemon = { life, host, agent, reconcile: new Reconcile(host), isWoken: true };
  agent.onConnected((event) => {
    live.reconcile.connected(event);
    live.isWoken = true;
  });
  await recover(host);
  await pool.sweep();
  return live;
}
