/**
 * Counts texts by their bytes, in the order first seen: an open-addressing table with linear probing over keys that lie in
 * one growing buffer. It is what `countByValue` counts with while records are still bytes, since a string for each word would
 * cost more than all the rest.
 *
 *     slots    [ 0 | 3 | 0 | 1 | 2 | … ]        entry + 1, or 0 where free; at most half full
 *     entries  hash, start, end, count          in the order first seen
 *     keys     "to" "be" "or" …                 one behind the other
 */
export class ByteTable {
  /** How many different keys there are. */
  size = 0;
  private slots = new Int32Array(1024);
  private mask = 1023;
  private hashes = new Int32Array(512);
  /** Where key `i` starts; it ends where the next one starts. */
  private starts = new Float64Array(513);
  private counts = new Float64Array(512);
  private keys = new Uint8Array(16 * 1024);

  /** Counts `bytes[start, end)` once more. */
  add(bytes: Uint8Array, start: number, end: number): void {
    const hash = hashOf(bytes, start, end);
    const { slots, mask, hashes, starts, keys } = this;
    let slot = hash & mask;
    for (;;) {
      const entry = slots[slot]! - 1;
      if (entry < 0) break;
      if (hashes[entry] === hash) {
        let at = starts[entry]!;
        if (starts[entry + 1]! - at === end - start) {
          let from = start;
          while (from < end && keys[at] === bytes[from]) {
            at++;
            from++;
          }
          if (from === end) {
            this.counts[entry]!++;
            return;
          }
        }
      }
      slot = (slot + 1) & mask;
    }
    slots[slot] = this.insert(hash, bytes, start, end) + 1;
    if (this.size * 2 > mask) this.grow();
  }

  /** Each key as text with its count, in the order first seen. */
  forEach(visit: (key: string, count: number) => void): void {
    const keys = Buffer.from(this.keys.buffer);
    for (let entry = 0; entry < this.size; entry++) {
      visit(keys.toString('utf8', this.starts[entry], this.starts[entry + 1]), this.counts[entry]!);
    }
  }

  private insert(hash: number, bytes: Uint8Array, start: number, end: number): number {
    const entry = this.size++;
    const at = this.starts[entry]!;
    const next = at + end - start;
    if (next > this.keys.length) this.keys = enlarged(this.keys, new Uint8Array(Math.max(next, this.keys.length * 2)));
    this.keys.set(bytes.subarray(start, end), at);
    this.hashes[entry] = hash;
    this.starts[entry + 1] = next;
    this.counts[entry] = 1;
    return entry;
  }

  private grow(): void {
    const capacity = (this.mask + 1) * 2;
    this.mask = capacity - 1;
    this.slots = new Int32Array(capacity);
    this.hashes = enlarged(this.hashes, new Int32Array(capacity / 2));
    this.starts = enlarged(this.starts, new Float64Array(capacity / 2 + 1));
    this.counts = enlarged(this.counts, new Float64Array(capacity / 2));
    for (let entry = 0; entry < this.size; entry++) {
      let slot = this.hashes[entry]! & this.mask;
      while (this.slots[slot] !== 0) slot = (slot + 1) & this.mask;
      this.slots[slot] = entry + 1;
    }
  }
}

function enlarged<T extends Uint8Array | Int32Array | Float64Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

/** FNV-1a (Fowler, Noll, Vo) over 32 bits, its high bits folded down since only the low ones choose the slot. */
function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
  return hash ^ (hash >>> 15);
}
