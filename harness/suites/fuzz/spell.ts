/** Writes a configuration down in one of the ways JSON allows, and breaks the text where the input says so. */
import type { FuzzInput } from "./fuzz-input.ts";

export function spell(config: Readonly<Record<string, unknown>>, input: FuzzInput): string {
  const { keptShare, instead, appended = "" } = input;
  if (instead !== undefined) return instead;
  const text = written(config, input.spelling);
  if (keptShare === undefined) return text + appended;
  const whole = text.trim();
  // At least the closing brace is missing.
  return whole.slice(0, Math.min(whole.length - 1, Math.floor(whole.length * keptShare)));
}

function written(config: object, spelling: FuzzInput["spelling"]): string {
  switch (spelling) {
    case "compact":
      return JSON.stringify(config);
    case "spaced":
      return `\n${JSON.stringify(config, undefined, "\t")}\r\n `;
    case "reversed":
      return JSON.stringify(Object.fromEntries(Object.entries(config).toReversed()));
    case "escaped":
      return escaped(JSON.stringify(config));
  }
}

/** Letters in strings as \u escapes; true, false and null stay words. */
function escaped(text: string): string {
  const inString = stringMap(text);
  return text
    .split("")
    .map((character, i) =>
      inString[i] && /[a-z]/i.test(character)
        ? `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`
        : character,
    )
    .join("");
}

/** For each character, whether it is the plain content of a string, not part of an escape. */
function stringMap(text: string): readonly boolean[] {
  const map: boolean[] = [];
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    if (inString && text[i] === "\\") {
      const length = text[i + 1] === "u" ? 6 : 2;
      for (let n = 0; n < length; n++) map.push(false);
      i += length - 1;
      continue;
    }
    if (text[i] === '"') {
      inString = !inString;
      map.push(false);
    } else {
      map.push(inString);
    }
  }
  return map;
}
