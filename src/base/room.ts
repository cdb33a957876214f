/** Something that is full for now: who wants to put more into it waits for one promise, however many ask. */
export class Room {
  private promise: Promise<void> | undefined;
  private open = () => {};

  /** Whether somebody waits. */
  get isAwaited(): boolean {
    return this.promise !== undefined;
  }

  /** Resolves when there is room, which is when {@link make} is called next. */
  wait(): Promise<void> {
    this.promise ??= new Promise((resolve) => {
      this.open = resolve;
    });
    return this.promise;
  }

  /** There is room now. */
  make(): void {
    this.promise = undefined;
    this.open();
  }
}
