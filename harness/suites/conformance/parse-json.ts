/** What a plugin printed as a value, for schemas to judge; undefined when it is not one JSON document. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
