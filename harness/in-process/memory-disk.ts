/** A folder of records in memory, byte for byte as the file store would have it: it survives processes, and can be damaged. */
import {
  fileNameOf,
  isRecordName,
  keyOfName,
  parseRecord,
  printRecord,
} from "../../impl/store/record-file.ts";
import type { Damaged, Store } from "../../impl/store/store.ts";

export class MemoryDisk {
  readonly files = new Map<string, Uint8Array>();

  store<T>(parse: (value: unknown) => T): Store<T> {
    const { files } = this;
    return {
      load: async () => {
        const records = new Map<string, T>();
        for (const [name, bytes] of [...files].sort()) {
          if (!isRecordName(name)) continue;
          const read = parseRecord(name, bytes, parse);
          if (read.ok) records.set(read.key, read.record);
          else this.#setAside(name, bytes, read.reason);
        }
        return { records, damaged: this.#damaged() };
      },
      put: async (key, record) => {
        files.set(fileNameOf(key), Buffer.from(printRecord(key, record)));
      },
      delete: async (key) => void files.delete(fileNameOf(key)),
      forgetDamaged: async (key) => {
        for (const name of this.setAside()) {
          if (name.startsWith(`${fileNameOf(key)}.damaged-`)) files.delete(name);
        }
      },
    };
  }

  records(): readonly string[] {
    return [...this.files.keys()].filter(isRecordName).sort();
  }

  setAside(): readonly string[] {
    return [...this.files.keys()].filter((name) => name.includes(".damaged-")).sort();
  }

  #setAside(name: string, bytes: Uint8Array, reason: string): void {
    this.files.delete(name);
    this.files.set(`${name}.damaged-1`, bytes);
    this.#reasons.set(`${name}.damaged-1`, reason);
  }

  readonly #reasons = new Map<string, string>();

  #damaged(): readonly Damaged[] {
    return this.setAside().map((path) => {
      const key = keyOfName(path.replace(/\.damaged-.*/, ""));
      const reason = this.#reasons.get(path) ?? "it was damaged before";
      return { path, reason, ...(key !== undefined && { key }) };
    });
  }
}
