import { isUtf8 } from 'node:buffer';
import { BadRecord } from '../../base/problem.ts';
import { NUMBER, objectOf, STRING, type Type, UNKNOWN } from '../../base/type.ts';
import { type NewFields, setField, type Value } from '../../base/value.ts';
import type { Origin } from '../define/chunk.ts';
import type { SourceContext } from '../define/context.ts';
import type { Split } from '../define/position.ts';
import { NO_TIME, type StoredRecord } from './stored-records.ts';

const LINE_END = 10;
const CARRIAGE_RETURN = 13;

const INVALID = new BadRecord('not valid UTF-8');

/** What a tagged record is. */
export const TAGGED: Type = objectOf({
  source: STRING,
  topic: STRING,
  partition: NUMBER,
  offset: NUMBER,
  key: UNKNOWN,
  time: NUMBER,
  headers: UNKNOWN,
  line: UNKNOWN,
});

/** Hands on what was read of a partition: as lines that are still bytes where the records are lines, else one by one. */
export class Outlet {
  readonly origin: Origin;
  private readonly context: SourceContext;
  private readonly topic: string;
  private readonly partition: number;
  private readonly isTagging: boolean;
  private readonly behind: (offset: number) => Split;

  /** @param behind the split of the position where all up to an offset has been handed on. */
  constructor(
    origin: Origin,
    context: SourceContext,
    { topic, partition, tag }: { readonly topic: string; readonly partition: number; readonly tag: boolean },
    behind: (offset: number) => Split,
  ) {
    this.origin = origin;
    this.context = context;
    this.topic = topic;
    this.partition = partition;
    this.isTagging = tag;
    this.behind = behind;
  }

  /** Says of a batch from here on why it cannot be read; what follows begins at an offset. */
  bad(problem: BadRecord, next: number): void {
    this.context.bad(problem, this.origin, '', this.behind(next));
  }

  /** Resolves when the inbox has room again. */
  async give(messages: readonly StoredRecord[]): Promise<void> {
    let from = 0;
    while (from < messages.length && !this.context.signal.aborted) {
      const isLines = !this.isTagging && isLine(messages[from]!.value);
      let to = from + 1;
      while (to < messages.length && (!this.isTagging && isLine(messages[to]!.value)) === isLines) to++;
      const some = messages.slice(from, to);
      await (isLines ? this.lines(some) : this.values(some));
      from = to;
    }
  }

  private lines(messages: readonly StoredRecord[]): Promise<void> | undefined {
    let size = 0;
    for (const { value } of messages) size += value!.length + 1;
    const bytes = Buffer.allocUnsafe(size);
    let at = 0;
    for (const { value } of messages) {
      at += value!.copy(bytes, at);
      bytes[at++] = LINE_END;
    }
    const behind = this.behind(messages.at(-1)!.offset + 1);
    return this.context.deliver({ kind: 'text', origin: this.origin, bytes, behind });
  }

  private async values(messages: readonly StoredRecord[]): Promise<void> {
    const { origin, context } = this;
    const values: Value[] = [];
    let end = 0;
    const give = () => context.deliver({ kind: 'values', origin, values: values.splice(0), behind: this.behind(end) });
    for (const message of messages) {
      if (context.signal.aborted) return;
      const { offset, value } = message;
      if (value !== null && !isUtf8(value)) {
        if (values.length > 0) await give();
        context.bad(INVALID, origin, value.toString('latin1', 0, 200), this.behind(offset + 1));
      } else if (this.isTagging) values.push(this.tagged(message));
      else if (value !== null) values.push(value.toString());
      else context.note('records without a value are left out; `tag: true` gives them');
      end = offset + 1;
    }
    if (values.length > 0) await give();
    else await context.deliver({ kind: 'position', origin, behind: [this.behind(end)] });
  }

  private tagged({ offset, key, time, headers, value }: StoredRecord): Value {
    return {
      source: this.origin.name,
      topic: this.topic,
      partition: this.partition,
      offset,
      key: key === null ? null : key.toString(),
      time: time === NO_TIME ? null : time,
      headers: headersOf(headers),
      line: value === null ? null : value.toString(),
    };
  }
}

/** Whether a value is one line of text, and the reader makes the same of it when it stands among others. */
function isLine(value: Buffer | null): value is Buffer {
  return value !== null && !value.includes(LINE_END) && value.at(-1) !== CARRIAGE_RETURN;
}

/** A name that is there several times has a list. */
function headersOf(headers: StoredRecord['headers']): Value {
  const all = new Map<string, string[]>();
  for (const [name, value] of headers) {
    const texts = all.get(name.toString()) ?? [];
    texts.push(value?.toString() ?? '');
    all.set(name.toString(), texts);
  }
  const fields: NewFields = {};
  for (const [name, texts] of all) setField(fields, name, texts.length === 1 ? texts[0]! : texts);
  return fields;
}
