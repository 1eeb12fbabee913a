/** Finds an attachment whose record was lost by the mark its VF bears in the pod. */
import { keyText } from "../cni/types.ts";
import { keyDigest, parseMark } from "../vf/mark.ts";
import type { Attachment } from "./attachment.ts";
import type { Host } from "./host.ts";
import type { DelRequest } from "./requests.ts";

/** Only a VF of our pool that no record owns, and whose mark names exactly this attachment. */
export async function findLost(host: Host, request: DelRequest): Promise<Attachment | undefined> {
  const { key, netns: path = "" } = request;
  for (const link of await linksAt(host, path)) {
    const mark = parseMark(link.alias);
    const vf = mark && host.pool.find(mark.pciAddress);
    if (mark === undefined || vf === undefined || mark.owner !== keyDigest(key)) continue;
    if (host.attachments.ownerOf(vf.pciAddress) !== undefined) continue;
    host.log.warn("attachment has no record; its vf was found by its mark", {
      key: keyText(key),
      vf: vf.pciAddress,
    });
    const { pciAddress, pf, index } = vf;
    return {
      format: 1,
      key,
      phase: "deleting",
      generation: mark.generation,
      pod: request.pod,
      vf: { pciAddress, pf, index, pristine: mark.pristine },
      netns: path,
      networkConfig: request.rawConfig,
      since: new Date().toISOString(),
    };
  }
  return undefined;
}

async function linksAt(host: Host, path: string) {
  if (path === "") return [];
  try {
    using netns = await host.kernel.open(path);
    return netns.id === host.home.netns.id ? [] : await netns.links();
  } catch {
    return [];
  }
}
