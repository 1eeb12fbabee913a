/** Tells files that nobody should be sent: anything that holds a private key, whatever it is called. */
const marks = ["PRIVATE KEY-----", "BEGIN OPENSSH PRIVATE"] as const;

export function holdsPrivateKey(content: Uint8Array): boolean {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  return marks.some((mark) => bytes.includes(mark));
}
