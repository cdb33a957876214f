import type { Identity } from './compare.ts';

/** The seeds of the kinds of values, so that `1`, `"1"` and `true` have nothing to do with each other. */
const SEED = { string: 0x51ed270b, number: 0x2545f491, bigint: 0x7f4a7c15, other: 0x3c6ef372 };

const double = new Float64Array(1);
const words = new Uint32Array(double.buffer);

/**
 * A hash of a value's identity: a whole number of 53 bits, each of which depends on all of the value. The same in every run. It is
 * no defence against someone who looks for values that collide.
 */
export function hashIdentity(value: Identity): number {
  switch (typeof value) {
    case 'string':
      return hashText(value, SEED.string);
    case 'number':
      // Adding 0 makes -0 the 0 that it equals.
      double[0] = value + 0;
      return finish(mix(mix(SEED.number, words[0]!), words[1]!), mix(mix(~SEED.number, words[1]!), words[0]!));
    case 'bigint':
      return hashText(value.toString(), SEED.bigint);
    default:
      return finish(mix(SEED.other, value === null ? 0 : value ? 1 : 2), SEED.other);
  }
}

/** Two lanes of 32 bits over the UTF-16 units, each a step of multiplying and turning. */
function hashText(text: string, seed: number): number {
  let a = seed;
  let b = ~seed;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    a = Math.imul(a ^ unit, 0x9e3779b1);
    a = (a << 13) | (a >>> 19);
    b = Math.imul(b ^ unit, 0x85ebca77);
    b = (b << 17) | (b >>> 15);
  }
  return finish(a ^ text.length, b);
}

/** One word into a lane. */
function mix(lane: number, word: number): number {
  const product = Math.imul(lane ^ word, 0x9e3779b1);
  return avalanche((product << 13) | (product >>> 19));
}

/** Every bit of the result depends on every bit of `x` (MurmurHash3's finalizer, Appleby, public domain). */
function avalanche(x: number): number {
  let h = x;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** Joins two lanes, each made to depend on the other, to 53 bits. */
function finish(a: number, b: number): number {
  const low = avalanche(a ^ Math.imul(b, 0x27d4eb2f));
  const high = avalanche(b ^ Math.imul(low, 0x165667b1));
  return (high >>> 11) * 2 ** 32 + (low >>> 0);
}
