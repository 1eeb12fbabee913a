/** The numbers of scopes (linux/rtnetlink.h RT_SCOPE_). */

export const scopeNumbers = { global: 0, site: 200, link: 253, host: 254, nowhere: 255 } as const;

/** Numbers without a name count as global. */
export function scopeNames(number: number): "global" | "site" | "link" | "host" {
  if (number === scopeNumbers.site) return "site";
  if (number === scopeNumbers.link) return "link";
  return number === scopeNumbers.host ? "host" : "global";
}
