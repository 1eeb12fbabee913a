/**
 * State that survives a crash at any instruction and a power cut: a folder of small JSON records.
 *
 * `put` resolves only when the record would be found again after a power cut (write to a temporary name, fsync,
 * rename, fsync of the folder). A record that cannot be read (torn, empty, zero-filled, not JSON, of a shape
 * `parse` refuses, of a later format) is never an error for the others: `load` sets the file aside as
 * `NAME.damaged-N` in the same folder and reports it, again at every later start, until `forgetDamaged` or a person
 * removes it. Keys are any text; two keys never share a file.
 * Failures are `StoreError` with the errno name (ENOSPC, EACCES, EROFS …).
 */
export interface Store<T> {
  /** Every good record, and what was set aside, now or earlier. Call once, at start. */
  load(): Promise<{
    readonly records: ReadonlyMap<string, T>;
    readonly damaged: readonly Damaged[];
  }>;
  put(key: string, record: T): Promise<void>;
  /** Absent: success. Durable when it resolves. */
  delete(key: string): Promise<void>;
  /** Removes what was set aside of `key`: nothing it could have told matters any more. */
  forgetDamaged(key: string): Promise<void>;
}

export interface Damaged {
  /** where the file is now */
  readonly path: string;
  readonly reason: string;
  /** the key its name says; undefined when the name was too long to hold it, or is nobody's */
  readonly key?: string;
}

export class StoreError extends Error {
  override readonly name = "StoreError";
  readonly errno: string;

  constructor(errno: string, message: string, cause?: unknown) {
    super(message, { cause });
    this.errno = errno;
  }
}
