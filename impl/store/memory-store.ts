/** A store in memory for tests: keeps records as the text a file would hold, so nothing is shared by reference. */
import type { Store } from "./store.ts";

export function memoryStore<T>(parse: (value: unknown) => T): Store<T> {
  const texts = new Map<string, string>();
  return {
    load: async () => ({
      records: new Map([...texts].map(([key, text]) => [key, parse(JSON.parse(text))])),
      damaged: [],
    }),
    put: async (key, record) => {
      texts.set(key, JSON.stringify(record));
    },
    delete: async (key) => {
      texts.delete(key);
    },
    forgetDamaged: async () => {},
  };
}
