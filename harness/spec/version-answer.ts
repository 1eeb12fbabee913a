/** What VERSION prints (section 5 "VERSION"). */
import { z } from "zod";

export const versionAnswer = z.looseObject({
  cniVersion: z.string(),
  supportedVersions: z.array(z.string()),
});
