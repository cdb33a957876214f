import type { BadRecord } from '../../base/problem.ts';
import type { Value } from '../../base/value.ts';
import type { Origin } from '../define/chunk.ts';
import type { SourceContext } from '../define/context.ts';
import type { PlainData, Split } from '../define/position.ts';
import type { StreamEvent } from './event-stream.ts';

/** What becomes of the events of a stream. */
export interface EventReading {
  /** The id of the last event that was handed on; empty before the first that has one. */
  readonly id: string;
  /** What comes does not follow from what came: it has to be begun with anew, without an id. */
  readonly isLost: boolean;
  /** Something was handed on that stands by itself, so that who wants what is there has it. */
  readonly hasResult: boolean;
  /** Takes the next event. A promise where the inbox is full. */
  take(event: StreamEvent): Promise<void> | undefined;
  /** What comes next is of another connection. */
  begin(): void;
}

/** The key of the position of a stream of events, which has one place. */
const KEY = 'events';

/** The id up to which a stream was read in an earlier run; empty where it was not. */
export function idOf(split: Split | undefined): string {
  return String((split?.at as { readonly [name: string]: PlainData } | undefined)?.id ?? '');
}

/** Whether nothing of that id was handed on yet: it is where a view was begun with. */
export function isBefore(split: Split | undefined): boolean {
  return (split?.at as { readonly [name: string]: PlainData } | undefined)?.isBefore === true;
}

/** How far a stream was read, in words. */
export function eventsInWords(split: Split): string {
  const id = idOf(split);
  return id === '' ? 'events without an id' : `${isBefore(split) ? 'in front of ' : ''}event ${id}`;
}

/** Hands on what is read of one stream, with where it stands behind that. */
export class EventOutlet {
  readonly origin: Origin;
  private readonly context: SourceContext;

  constructor(name: string, context: SourceContext, from: Split | undefined) {
    this.origin = context.origin(name, undefined, from);
    this.context = context;
  }

  /** @param id of the event whose records these are. */
  give(values: readonly Value[], id: string): Promise<void> | undefined {
    const behind = behindEvent(id);
    if (values.length === 0) return this.context.deliver({ kind: 'position', origin: this.origin, behind: [behind] });
    return this.context.deliver({ kind: 'values', origin: this.origin, values, behind });
  }

  /** Nothing more is taken: the run ends. */
  get isOver(): boolean {
    return this.context.signal.aborted;
  }

  /** Resolves when another process would begin with that event too; undefined where nothing is kept. */
  begin(id: string): Promise<void> | undefined {
    const { kept } = this.context;
    if (kept === undefined) return undefined;
    const behind = { key: KEY, at: { id, isBefore: true } };
    const full = this.context.deliver({ kind: 'position', origin: this.origin, behind: [behind] });
    return Promise.resolve(full).then(() => kept());
  }

  bad(problem: BadRecord, text: string, id: string): undefined {
    this.context.bad(problem, this.origin, text.slice(0, 200), behindEvent(id));
  }

  note(message: string): void {
    this.context.note(message);
  }
}

function behindEvent(id: string): Split {
  return { key: KEY, at: { id } };
}
