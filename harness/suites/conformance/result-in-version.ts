/** A result in another version's shape, as a runtime converts the one it passes on as prevResult. */
import { z } from "zod";
import { familyOf } from "../../spec/cidr.ts";
import { compareVersions } from "../../spec/version.ts";

const resultShape = z.looseObject({
  ips: z.array(z.looseObject({ address: z.string() })).optional(),
});

/** Between 0.3.0 and 1.1.0 only `ips[].version` comes and goes; what it cannot read it gives back as it is. */
export function resultInVersion(result: unknown, version: string): unknown {
  const parsed = resultShape.safeParse(result);
  if (!parsed.success) return result;
  const { ips, ...rest } = parsed.data;
  const isOld = compareVersions(version, "1.0.0") < 0;
  return {
    ...rest,
    cniVersion: version,
    ...(ips && {
      ips: ips.map(({ version: _, ...ip }) =>
        isOld ? { version: String(familyOf(ip.address.split("/")[0] ?? "")), ...ip } : ip,
      ),
    }),
  };
}
