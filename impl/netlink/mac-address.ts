/** Link-layer addresses between text ("02:00:00:00:00:01", lower case) and bytes. */

/** undefined: not colon-separated bytes */
export function parseMac(text: string): Uint8Array | undefined {
  if (text === "") return new Uint8Array();
  if (!/^[0-9a-f]{2}(:[0-9a-f]{2})*$/i.test(text)) return undefined;
  return Uint8Array.from(text.split(":"), (byte) => Number.parseInt(byte, 16));
}

export function printMac(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += `${text === "" ? "" : ":"}${hex[byte]}`;
  return text;
}

const hex = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));
