/** Numbers in [0, 1) that are the same for the same seed: what a check varies, a repeat varies alike. */
export function randomFrom(seed: number): () => number {
  // mulberry32: small, and even enough to pick instants and steps
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** `count` instants, one in each equal part of the span, so that none of it is left out. */
export function instantsMs(
  seed: number,
  span: { readonly fromMs: number; readonly toMs: number; readonly count: number },
): readonly number[] {
  const next = randomFrom(seed);
  const partMs = (span.toMs - span.fromMs) / span.count;
  return Array.from({ length: span.count }, (_, i) =>
    Math.max(1, Math.round(span.fromMs + (i + next()) * partMs)),
  );
}
