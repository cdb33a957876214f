import type { BadRecord } from '../../base/problem.ts';
import type { Value } from '../../base/value.ts';
import type { Origin } from '../define/chunk.ts';
import type { SourceContext } from '../define/context.ts';
import type { PlainData, Position } from '../define/position.ts';
import { Delivery } from '../framing/delivery.ts';
import { MessageOutlet, type ToValue } from '../sockets/messages.ts';

/** Hands on the messages of a place that can be read again, each with where it stands behind that. */
export class PositionedOutlet<At extends PlainData> {
  private readonly origin: Origin;
  private readonly context: SourceContext;
  private readonly key: string;
  private readonly outlet: MessageOutlet;
  /** Behind those that are in the outlet, by their number. */
  private places: At[] = [];

  /** @param key of the split that says where it is. */
  constructor(context: SourceContext, name: string, key: string, from: Position | undefined) {
    this.context = context;
    this.key = key;
    this.origin = context.origin(name, undefined, from?.[0]);
    const behind = (place: number) => ({ key, at: this.places[place]! });
    const progress = { from: 0, skip: 0, isPassing: false, behind, over: () => undefined };
    this.outlet = new MessageOutlet(new Delivery(this.origin, context, progress));
  }

  add(bytes: Buffer, toValue: ToValue | undefined, behind: At): void {
    this.outlet.add(bytes, toValue, this.places.push(behind) - 1);
  }

  value(value: Value, behind: At): void {
    this.outlet.value(value, this.places.push(behind) - 1);
  }

  bad(problem: BadRecord, start: Buffer, behind: At): void {
    this.outlet.bad(problem, start, this.places.push(behind) - 1);
  }

  /** Resolves when the inbox has room again. */
  async flush(): Promise<void> {
    const full = this.outlet.flush();
    this.places = [];
    await full;
  }

  /** It is somewhere else without a message. */
  async position(at: At): Promise<void> {
    await this.context.deliver({ kind: 'position', behind: [{ key: this.key, at }] });
  }

  /** Nothing more comes. */
  over(at: At | undefined): void {
    this.origin.over?.(at === undefined ? undefined : { key: this.key, at });
  }
}
