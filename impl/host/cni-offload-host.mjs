#!/usr/bin/env node
/** Starts the host daemon from its TypeScript sources. */
import { register } from "tsx/esm/api";

register();
await import("./main.ts");
