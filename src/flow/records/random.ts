/**
 * A number in [0, 1) for record `index` of a sequence: the same for the same seed, otherwise without any pattern that matters for
 * sampling. The mixing steps are those of MurmurHash3's finalizer.
 */
export function randomAt(seed: number, index: number): number {
  let bits = mix((seed ^ 0x9e3779b9) | 0);
  bits = mix(bits ^ (index | 0));
  bits = mix(bits ^ Math.floor(index / 2 ** 32));
  return (bits >>> 0) / 2 ** 32;
}

function mix(bits: number): number {
  let mixed = bits;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
