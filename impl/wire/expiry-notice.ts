/** Says in time that a certificate ends: nobody looks at dates until nothing works any more. */
import type { CertificateFacts } from "./certificate-facts.ts";
import type { Security } from "./security.ts";

const dayMs = 24 * 3600 * 1000;
/** Whoever renews for us does it with a third of the life left; then, or two weeks before the end, it has not. */
const soonMs = 14 * dayMs;

/** Lines for people; none while all is well. */
export function expiryNotices(security: Security, now: Date): readonly string[] {
  if (security.kind === "insecure") return [];
  const { own, authorities, paths } = security;
  // While an authority is replaced there are two: the one that lasts longer counts.
  const authority = authorities.reduce((a, b) => (a.notAfter > b.notAfter ? a : b));
  return [
    noticeOf(`certificate "${paths.cert}"`, own, now),
    noticeOf(`CA certificate "${paths.ca}"`, authority, now),
  ].filter((notice) => notice !== undefined);
}

function noticeOf(what: string, facts: CertificateFacts, now: Date): string | undefined {
  const leftMs = facts.notAfter.getTime() - now.getTime();
  const lifeMs = facts.notAfter.getTime() - facts.notBefore.getTime();
  if (leftMs > Math.min(soonMs, lifeMs / 3)) return undefined;
  const date = facts.notAfter.toISOString();
  return leftMs <= 0
    ? `${what} expired on ${date}; replace the file, no restart is needed`
    : `${what} expires on ${date}, in ${leftText(leftMs)}; replace the file, no restart is needed`;
}

function leftText(ms: number): string {
  const hours = Math.ceil(ms / 3_600_000);
  return hours >= 48 ? `${Math.floor(hours / 24)} days` : hours === 1 ? "1 hour" : `${hours} hours`;
}
