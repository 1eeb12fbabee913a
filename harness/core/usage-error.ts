/** What the person typed cannot be run: one clear line on stderr and exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
