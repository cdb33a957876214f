/** What a peer has sent is not what its protocol allows, or is larger than it may be. */
export class PeerFault extends Error {}

/** What peers have sent of batches that are not whole is too much together beyond so many of the largest. */
const LARGEST_AT_ONCE = 4;

/** The messages of a batch take no more than so many times what it may have itself, each with its lengths: of those that are empty one byte may be one. */
const MOST_GROWTH = 2;

/** A bound on what all peers of a server have sent of batches that are not whole. */
export class HeldBound {
  private readonly most: number;
  private held = 0;
  /** The most bytes of the messages of one, as they are kept. */
  readonly messages: number;

  /** @param maxBatch the most bytes of one. */
  constructor(maxBatch: number) {
    this.most = LARGEST_AT_ONCE * maxBatch;
    this.messages = MOST_GROWTH * maxBatch;
  }

  /** That of one peer, told how much it is. @throws PeerFault where that is too much. */
  share(): { holds(bytes: number): void } {
    let own = 0;
    return {
      holds: (bytes) => {
        this.held += bytes - own;
        own = bytes;
        if (bytes > 0 && this.held > this.most) {
          throw new PeerFault('all clients together have sent too much of batches that are not whole');
        }
      },
    };
  }
}
