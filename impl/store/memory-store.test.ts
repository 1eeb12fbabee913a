/** The store of tests keeps the same laws as the one on disk. */
import { describe } from "node:test";
import { memoryStore } from "./memory-store.ts";
import { parseSample, storeContract } from "./store.contract.ts";

describe("memoryStore()", () => {
  storeContract(async () => {
    const store = memoryStore(parseSample);
    return async () => store;
  });
});
