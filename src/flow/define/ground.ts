/** What results follow from that were given at some time: how far the sources had come, and what came from outside. */
export interface Ground {
  /**
   * Resolves when it is written down, so that the results come out a second time as they were, if they do, and none came of what is lost;
   * rejects where it cannot be. Asked for when they are about to go out.
   */
  written(): Promise<void>;
}
