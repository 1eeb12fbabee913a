/** The request of each verb, as `parseRequest` gives it. */
import type { CniRequest } from "../cni/types.ts";

export type AddRequest = Extract<CniRequest, { readonly command: "ADD" }>;
export type CheckRequest = Extract<CniRequest, { readonly command: "CHECK" }>;
export type DelRequest = Extract<CniRequest, { readonly command: "DEL" }>;
export type GcRequest = Extract<CniRequest, { readonly command: "GC" }>;
