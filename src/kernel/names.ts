/** The names of the wanted members of lines that name their members, and guesses of which comes next. */
import { word } from './known-texts';
import { allocate } from './memory';

/** Of each wanted name: length, where it lies, its first eight bytes, and the level of the object that it stands in. */
let names: u32 = 0;
const NAME_SIZE: u32 = 24;
let nameCount: u32 = 0;
/** A bit for each length that a wanted name has; the last for all of 63 bytes and more. */
let nameLengths: u64 = 0;

/** A place for the `size` bytes of `count` names. Called once, before {@link wantName}. */
export function makeNames(count: u32, size: u32): u32 {
  names = allocate(count * NAME_SIZE);
  levels = allocate((count + 1) * 4);
  store<u32>(levels, allocate(GUESSES * GUESS_SIZE));
  return allocate(size);
}

/**
 * The next wanted member is named by the bytes `[start, end)`, as they would stand in a line without escapes. `level` is that of the object
 * that it is a member of: 0 for that of the line, else one more than the number of the wanted member that is that object.
 */
export function wantName(start: u32, end: u32, level: u32): void {
  const name = names + nameCount++ * NAME_SIZE;
  const length = end - start;
  store<u32>(name, length);
  store<u32>(name + 4, start);
  store<u64>(name + 8, length === 0 ? 0 : word(start, length));
  store<u32>(name + 16, level);
  nameLengths |= (<u64>1) << lengthBit(length);
}

/** Members of the wanted member of this number may be wanted too. */
export function wantMembers(field: u32): void {
  store<u32>(levels + (field + 1) * 4, allocate(GUESSES * GUESS_SIZE));
}

/** The number of the wanted name `[start, end)` in an object of this level, or -1. */
// @ts-expect-error: a decorator of AssemblyScript
@inline
export function fieldOf(start: u32, end: u32, level: u32): i32 {
  const length = end - start;
  if ((nameLengths & ((<u64>1) << lengthBit(length))) === 0) return -1;
  const first = length === 0 ? 0 : word(start, length);
  for (let field: u32 = 0, name = names; field < nameCount; field++, name += NAME_SIZE) {
    if (load<u64>(name + 8) === first && load<u32>(name) === length && load<u32>(name + 16) === level) {
      if (length <= 8 || memory.compare(load<u32>(name + 4) + 8, start + 8, length - 8) === 0) return field;
    }
  }
  return -1;
}

function lengthBit(length: u32): u32 {
  return min<u32>(length, 63);
}

/**
 * Lines of a file mostly have the same members in the same order, so each name is first compared with the one that stood there in a line
 * before: from its first byte to behind the sign that ends it, if that is at most 16 bytes.
 *
 *     guess    the bytes, a mask of them, their number, and the number of the wanted name, or -1
 */
const GUESS_SIZE: u32 = 48;
const GUESSES: u32 = 32;
/** Of each level, where its guesses are; 0 where no members are wanted of it. */
let levels: u32 = 0;

// @ts-expect-error: a decorator of AssemblyScript
@inline
export function firstGuess(level: u32): u32 {
  return load<u32>(levels + level * 4);
}

// @ts-expect-error: a decorator of AssemblyScript
@inline
export function nextGuess(guess: u32, first: u32): u32 {
  return min(guess + GUESS_SIZE, first + (GUESSES - 1) * GUESS_SIZE);
}

// @ts-expect-error: a decorator of AssemblyScript
@inline
export function isGuessed(guess: u32, at: u32): bool {
  const differing = v128.and(v128.xor(v128.load(at), v128.load(guess)), v128.load(guess, 16));
  return !v128.any_true(differing) && load<u32>(guess + 32) !== 0;
}

/** The number of the wanted name that was guessed, or -1. */
// @ts-expect-error: a decorator of AssemblyScript
@inline
export function guessedField(guess: u32): i32 {
  return load<i32>(guess + 36);
}

/** Where the name that was guessed ends, with its sign. */
// @ts-expect-error: a decorator of AssemblyScript
@inline
export function guessedEnd(guess: u32, at: u32): u32 {
  return at + load<u32>(guess + 32);
}

export function setGuess(guess: u32, start: u32, end: u32, field: i32): void {
  const length = end - start;
  store<u32>(guess + 32, 0);
  if (length > 16) return;
  v128.store(guess, v128.load(start));
  for (let i: u32 = 0; i < 16; i++) store<u8>(guess + 16 + i, i < length ? 0xff : 0);
  store<u32>(guess + 32, length);
  store<i32>(guess + 36, field);
}
