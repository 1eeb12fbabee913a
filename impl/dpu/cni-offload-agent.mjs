#!/usr/bin/env node
/** Starts `cni-offload-agent`. */
import { launch } from "../launch/launch.mjs";

await launch("cni-offload-agent");
