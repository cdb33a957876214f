/** What a small partial costs with the places that it is kept in, bytes: a rough figure. */
export const PARTIAL_BYTES = 200;

/** How many items of a long collection are looked at; the others are taken to be alike. */
const SAMPLE = 8;

/**
 * About how many bytes a partial takes that grows with its records: values, lists, maps, sets and objects of them. A rough figure,
 * found in a time that does not depend on how long they are.
 */
export function partialBytes(state: unknown): number {
  if (typeof state === 'string') return 24 + state.length;
  if (typeof state !== 'object' || state === null) return 12;
  if (ArrayBuffer.isView(state)) return state.byteLength;
  if (Array.isArray(state)) return 32 + collectionBytes(state, state.length);
  if (state instanceof Set) return 64 + collectionBytes(state, state.size);
  if (state instanceof Map) return 64 + collectionBytes(state, state.size);
  const values = Object.values(state);
  return 32 + collectionBytes(values, values.length);
}

function collectionBytes(items: Iterable<unknown>, size: number): number {
  let looked = 0;
  let bytes = 0;
  for (const item of items) {
    if (looked === SAMPLE) break;
    bytes += 16 + partialBytes(item);
    looked++;
  }
  return looked === 0 ? 0 : (bytes / looked) * size;
}
