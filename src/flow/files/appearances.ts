/** ms after an event within which others that belong to it may still come. */
const QUIET = 20;

interface Count {
  /** Whether there was a file at the path when counting began; undefined before. */
  wasThere: boolean | undefined;
  /** How often a file has come to the path, or left it, since then. */
  events: number;
  /** How many files have been found since then that are, or were, at the path. */
  found: number;
  /** When the latest event was, ms. */
  latest: number;
}

/**
 * Counts how often the system tells that a file came to a path or left it. Between two looks one may come and go again, and if its new name says
 * nothing of the old one, or it is gone, nothing else tells of it.
 */
export class Appearances {
  private readonly counts = new Map<string, Count>();

  /** A file came to the path, or left it. @param now ms. */
  renamed(path: string, now: number): void {
    const count = this.of(path);
    count.events++;
    count.latest = now;
  }

  /** Another file has been found that is, or was, at the path. */
  found(path: string): void {
    this.of(path).found++;
  }

  /** Something may have happened that was not told of: counting begins anew. */
  restart(): void {
    this.counts.clear();
  }

  /** Whether it is known what was at the path when counting began. */
  isCounting(path: string): boolean {
    return this.of(path).wasThere !== undefined;
  }

  /** How many events of the path have been told of since counting began. */
  events(path: string): number {
    return this.of(path).events;
  }

  /**
   * How many files were at a path and have not been found, at least: each came by an event, and left by another one or was replaced. Then
   * counting begins anew. 0 while more may be told of.
   *
   * @param isThere whether there was a file at the path when all that has been told of had happened, and nothing else.
   * @param now ms.
   */
  missed(path: string, isThere: boolean, now: number): number {
    const { wasThere, events, found, latest } = this.of(path);
    if (now - latest < QUIET) return 0;
    this.counts.set(path, { wasThere: isThere, events: 0, found: 0, latest });
    if (wasThere === undefined) return 0;
    return Math.max(0, Math.ceil((events + Number(isThere) - Number(wasThere)) / 2) - found);
  }

  private of(path: string): Count {
    const count = this.counts.get(path) ?? {
      wasThere: undefined,
      events: 0,
      found: 0,
      latest: Number.NEGATIVE_INFINITY,
    };
    this.counts.set(path, count);
    return count;
  }
}
