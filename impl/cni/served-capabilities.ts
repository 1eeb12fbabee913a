/** The form of what a runtime asks through capabilities that the DPU serves: nonsense is refused before anything is touched. */
import { isIP } from "node:net";
import { z } from "zod";
import { parseShape } from "../base/shape.ts";
import { invalid } from "./config.ts";

const bits = { 4: 32, 6: 128 } as const;

/** bare, or with a prefix length */
const address = z.string().refine((text) => {
  const [ip = "", length, ...more] = text.split("/");
  const family = isIP(ip);
  if ((family !== 4 && family !== 6) || more.length > 0) return false;
  return length === undefined || (/^\d{1,3}$/.test(length) && Number(length) <= bits[family]);
}, "expected an IP address");

const port = z.int().min(0).max(65_535);
const rate = z.number().min(0);

/** containerd writes Go's names, and Go's readers take any case. */
function lowerKeys(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key.toLowerCase(), one]));
}

const mapping = z.preprocess(
  lowerKeys,
  z.looseObject({
    hostport: port.optional(),
    containerport: port.min(1),
    protocol: z.string().optional(),
    hostip: z.union([z.literal(""), address]).optional(),
  }),
);
const bandwidth = z.preprocess(
  lowerKeys,
  z.looseObject({
    ingressrate: rate.optional(),
    ingressburst: rate.optional(),
    egressrate: rate.optional(),
    egressburst: rate.optional(),
  }),
);

const forms: Readonly<Record<string, z.ZodType>> = {
  ips: z.array(address),
  ipRanges: z.array(z.array(z.looseObject({}))),
  portMappings: z.array(mapping),
  aliases: z.array(z.string()),
  bandwidth,
  infinibandGUID: z.string(),
};

/** Throws CniError 7 with the key, the value, and what is wrong with it. Of others than these the plugins on the DPU judge. */
export function refuseMalformed(capability: string, value: unknown): void {
  const form = forms[capability];
  if (form === undefined || value === undefined || value === null) return;
  const parsed = parseShape(form, value);
  if (!parsed.ok)
    throw invalid(`runtimeConfig.${capability}`, value, `is malformed: ${parsed.reason}`);
}
