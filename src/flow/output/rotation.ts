import type { Value } from '../../base/value.ts';
import type { Measured } from '../define/parameters.ts';

/** The file that is written to of those with one beginning. */
interface Current {
  readonly name: string;
  /** Of the batch whose records began it, in whole seconds or as the rotation goes, ms; how many files of the same time came before; and what was written to it, bytes of text. */
  readonly time: number;
  readonly before: number;
  size: number;
}

const SECOND = 1000;

/** How many digits the number of a file has among those of the same time, so that names stand in order. */
const COUNT = 6;

/** The names of files that follow each other, by the time of the batch under way or by how much was written, as a mark of a sink keeps them. */
export class Rotation {
  private readonly every: Measured;
  /** By the beginning of the name: the value of `by:`, or nothing. */
  private readonly files: Map<string, Current>;
  /** Those that nothing is written to any more, since they were last asked for. */
  private over: string[] = [];

  /** @param every ms in UTC since the epoch, as windows are, or bytes of text: a file that has so many is the last one's end. */
  constructor(every: Measured, from: Value | undefined) {
    this.every = every;
    const files = (from ?? []) as unknown as readonly (readonly [string, Current])[];
    this.files = new Map(files.map(([begin, current]) => [begin, { ...current }]));
  }

  /** The name of the file for a record, behind its beginning. @param now the end of the batch under way, ms. */
  nameOf(begin: string, now: number): string {
    const { unit, value } = this.every;
    const current = this.files.get(begin);
    // A batch belongs to the time before its end. Those that begin files of a size within a second are told apart by their numbers.
    const time = unit === 'duration' ? Math.floor((now - 1) / value) * value : Math.floor(now / SECOND) * SECOND;
    const isOn = unit === 'duration' ? current?.time === time : current !== undefined && current.size < value;
    if (current !== undefined && isOn) return current.name;
    const before = current?.time === time ? current.before + 1 : 0;
    const count = unit === 'duration' ? '' : `${before + 1}`.padStart(COUNT, '0');
    const name = [begin, timeText(time, unit === 'duration' && value % SECOND > 0), count]
      .filter((part) => part !== '')
      .join('-');
    if (current !== undefined) this.over.push(current.name);
    this.files.set(begin, { name, time, before, size: 0 });
    return name;
  }

  /** No more than so many characters may wait to be written, so that a file has about its size. */
  get most(): number {
    return this.every.unit === 'size' ? this.every.value : Number.POSITIVE_INFINITY;
  }

  /** So many bytes of text were written to the file of a name that begins so. */
  wrote(begin: string, name: string, bytes: number): void {
    const current = this.files.get(begin);
    if (current?.name === name) current.size += bytes;
  }

  /** Whether there are files that {@link takeOver} would give. */
  get hasOver(): boolean {
    return this.over.length > 0;
  }

  /** The names of files that are written to. */
  get current(): ReadonlySet<string> {
    return new Set(Array.from(this.files.values(), ({ name }) => name));
  }

  /** The names of files that nothing is written to any more; each is given once. */
  takeOver(): readonly string[] {
    const { over } = this;
    this.over = [];
    return over;
  }

  mark(): Value {
    return [...this.files].map(([begin, current]) => [begin, { ...current }]) as unknown as Value;
  }
}

/** A time as part of a name: `20130101T020000Z`. Names are in order where either all of them have ms or none has. */
function timeText(time: number, hasMs: boolean): string {
  const text = new Date(time).toISOString().replaceAll(/[-:]/g, '');
  return hasMs ? text : text.replace(/\.\d+(?=Z)/, '');
}
