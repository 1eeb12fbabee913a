/** The time that a verb of the list may take, whoever waits for it. */
export function deadline(verb: string, ms: number): AbortSignal {
  const controller = new AbortController();
  const late = () => controller.abort(new Error(`${verb} did not end in ${ms} ms`));
  setTimeout(late, ms).unref();
  return controller.signal;
}
