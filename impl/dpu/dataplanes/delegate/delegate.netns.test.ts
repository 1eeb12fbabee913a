/** `delegate` over the real kernel and real plugins: the laws of dataplanes. */
import { dataplaneLaws } from "../../dataplane.contract.ts";
import { delegateWorld, withoutPlugins } from "./delegate-world.ts";

const skip = await withoutPlugins();

dataplaneLaws({ name: "delegate:bridge over linux", skip, create: () => delegateWorld() });
