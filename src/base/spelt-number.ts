/** What `toJSON` throws: made once, since a stack trace for each would cost more than the rest. */
const REFUSAL = new TypeError('a number with a spelling of its own is written by toJson');

/**
 * A number that a text spells in another way than a number is written: `1.10`, `1e3`, `-0`, more digits than a double has.
 *
 * It has a value, which counts in arithmetic and order, and a spelling, by which it is printed and is a key. Only fields of text formats
 * make such numbers; those that are spelt as they are written (`7`, `1.1`) are plain ones, so that they cost nothing. Never changed.
 */
export class SpeltNumber {
  readonly #value: number;
  /** The text, or how many digits it has behind the point where they are all that is special about it. */
  readonly #spelling: string | number;

  /** @param spelling JSON's spelling of the value, or a number of decimals with which `toFixed` would write it. */
  constructor(value: number, spelling: string | number) {
    this.#value = value;
    this.#spelling = spelling;
  }

  /** The value, a finite double. */
  valueOf(): number {
    return this.#value;
  }

  /** As it was spelt, which is JSON; in another base than ten, the value. */
  toString(base = 10): string {
    if (base !== 10) return this.#value.toString(base);
    return typeof this.#spelling === 'string' ? this.#spelling : this.#value.toFixed(this.#spelling);
  }

  /** JSON.stringify would write the value alone, or quote the text. */
  toJSON(): never {
    throw REFUSAL;
  }
}

/** So many digits a double keeps, whatever they are. */
const DIGITS = 15;

/** Whether the value surely has all the digits that were spelt. */
export function keepsDigits(number: SpeltNumber): boolean {
  const digits = number.toString().replace(/e.*/i, '').replace('.', '').replace(/^-?0*/, '').replace(/0*$/, '');
  return digits.length <= DIGITS;
}
