/** Below so many changes there is no use in comparing them with all there is. */
const FEW = 1000;

/**
 * Which groups of a table have changed since its last snapshot, by their places: a byte for each, since a record that changes one must not pay for
 * more. Nothing is noted before the first snapshot, nor once it is more than half of all.
 */
export class ChangedPlaces {
  private isNoted: Uint8Array | undefined;
  private places: number[] = [];

  /** Whether changes count: for those who would have to look for them. */
  get areNoted(): boolean {
    return this.isNoted !== undefined;
  }

  /** The group at a place was added or changed. @param size how many there are in all. */
  note(place: number, size: number): void {
    const { isNoted } = this;
    if (isNoted === undefined) return;
    if (place >= isNoted.length) {
      this.grow(Math.max(size, 2 * isNoted.length));
      this.add(place, size);
    } else if (isNoted[place] === 0) this.add(place, size);
  }

  /** The places since the last call, in the order in which they were noted; undefined where they are not known. What changes from now on is for the next one. */
  take(size: number): readonly number[] | undefined {
    const { isNoted, places } = this;
    // What comes into an empty table is all new, and need not be told apart.
    if (size === 0) {
      this.stop();
      return isNoted && places;
    }
    this.places = [];
    if (isNoted === undefined) this.isNoted = new Uint8Array(size);
    else for (const place of places) isNoted[place] = 0;
    return isNoted && places;
  }

  /** Nothing is noted up to the next {@link take}. */
  stop(): void {
    this.isNoted = undefined;
    this.places = [];
  }

  private add(place: number, size: number): void {
    this.isNoted![place] = 1;
    this.places.push(place);
    if (this.places.length > FEW && 2 * this.places.length > size) this.stop();
  }

  private grow(size: number): void {
    const grown = new Uint8Array(size);
    grown.set(this.isNoted!);
    this.isNoted = grown;
  }
}
