import type { StreamEvent } from './event-stream.ts';
import type { EventOutlet, EventReading } from './reading.ts';

/** Any stream of events: the data of each is a record. */
export class PlainEvents implements EventReading {
  readonly isLost = false;
  readonly hasResult = false;
  id: string;
  private readonly outlet: EventOutlet;
  private readonly isTagging: boolean;

  /** @param id of the last event that an earlier run has read. */
  constructor(outlet: EventOutlet, isTagging: boolean, id: string) {
    this.outlet = outlet;
    this.isTagging = isTagging;
    this.id = id;
  }

  begin(): void {}

  take({ kind, id, data, problem }: StreamEvent): Promise<void> | undefined {
    this.id = id;
    if (data === undefined) return this.outlet.bad(problem!, '', id);
    const { name: source } = this.outlet.origin;
    return this.outlet.give([this.isTagging ? { source, event: kind, id, line: data } : data], id);
  }
}
