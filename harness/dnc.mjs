#!/usr/bin/env node
/** Starts the harness's command line, `dnc`, from its TypeScript sources. */
import { register } from "tsx/esm/api";

register();
await import("./cli.ts");
