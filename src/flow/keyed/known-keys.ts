import type { Position, Split } from '../define/position.ts';

/** So many keys are remembered, and of so many senders that count theirs the last number. */
const MOST = 10_000;

/** What the splits of a position begin with that say which keys are known. */
const KEY = 'key ';
const SENDER = 'sender ';

/** The key of a batch of leat: its sender, which is never another's, and the number of the batch, which grows. */
const COUNTED = /^(leat-[\da-f-]{36}):(\d{1,15})$/;

/** The key of a numbered batch. @param sender a UUID. */
export function keyOfBatch(sender: string, number: number): string {
  return `leat-${sender}:${number}`;
}

/**
 * The idempotency keys of requests that were taken, so that a request which is sent again is known. Of those who number their requests the last number says all; of
 * others the newest keys are remembered. What is known is plain data, splits of a source's position.
 */
export class KnownKeys {
  private readonly numbers = new Map<string, number>();
  private readonly keys = new Map<string, number>();
  /** Counts the keys, so that the oldest is known in a later run. */
  private next = 0;

  /** @param from what was known in an earlier run. */
  constructor(from: Position = []) {
    const keys: (readonly [string, number])[] = [];
    for (const { key, at } of from) {
      if (key.startsWith(SENDER)) this.numbers.set(key.slice(SENDER.length), at as number);
      if (key.startsWith(KEY)) keys.push([key.slice(KEY.length), at as number]);
    }
    for (const [key, number] of keys.sort((a, b) => a[1] - b[1])) this.keys.set(key, number);
    this.next = (keys.at(-1)?.[1] ?? -1) + 1;
  }

  has(key: string): boolean {
    const [, sender, number] = COUNTED.exec(key) ?? [];
    return sender === undefined ? this.keys.has(key) : (this.numbers.get(sender) ?? -1) >= Number(number);
  }

  /** Remembers a key. @returns what of the position is different by that. */
  add(key: string): readonly Split[] {
    if (this.has(key)) return [];
    const [, sender, number] = COUNTED.exec(key) ?? [];
    return sender === undefined
      ? this.put(this.keys, KEY, key, this.next++)
      : this.put(this.numbers, SENDER, sender, Number(number));
  }

  private put(known: Map<string, number>, kind: string, name: string, number: number): readonly Split[] {
    // Behind all others, so that the first is the one that was silent longest.
    known.delete(name);
    known.set(name, number);
    const added = { key: kind + name, at: number };
    if (known.size <= MOST) return [added];
    const oldest = known.keys().next().value!;
    known.delete(oldest);
    return [added, { key: kind + oldest, at: null }];
  }
}

/** What a split of such a position says. */
export function knownInWords({ key, at }: Split): string {
  return key.startsWith(SENDER)
    ? `${key.slice(SENDER.length)} up to its number ${at}`
    : `the key ${key.slice(KEY.length)}`;
}
