#!/usr/bin/env node
/** Starts `cni-offload-host`. */
import { launch } from "../launch/launch.mjs";

await launch("cni-offload-host");
