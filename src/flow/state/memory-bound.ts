import { keysOf } from '../../base/fields.ts';
import { RunFailure } from '../../base/problem.ts';
import { formatSize } from '../../base/size.ts';
import { SpeltNumber } from '../../base/spelt-number.ts';
import { type Fields, isList, type Value } from '../../base/value.ts';
import type { RunContext } from '../define/context.ts';

/** The most values that are looked at to estimate the size of one; of a longer list the rest counts as the part that was seen. */
const MOST_VISITED = 1000;

/** About how many bytes a value takes in memory: two a character, and what the host needs for lists and objects. */
export function estimatedBytes(value: Value): number {
  return isScalar(value) ? scalarBytes(value) : contentBytes(value, { left: MOST_VISITED });
}

type Scalar = Exclude<Value, readonly Value[] | Fields>;

function isScalar(value: Value): value is Scalar {
  return typeof value !== 'object' || value === null || value instanceof SpeltNumber;
}

function scalarBytes(value: Scalar): number {
  if (typeof value === 'string') return 24 + 2 * value.length;
  if (value instanceof SpeltNumber) return 64;
  return typeof value === 'bigint' ? 32 : 16;
}

function contentBytes(value: readonly Value[] | Fields, visits: { left: number }): number {
  const keys = isList(value) ? undefined : keysOf(value);
  const length = keys === undefined ? (value as readonly Value[]).length : keys.length;
  let bytes = 0;
  let seen = 0;
  while (seen < length && visits.left > 0) {
    const item = keys === undefined ? (value as readonly Value[])[seen]! : (value as Fields)[keys[seen]!]!;
    visits.left--;
    seen++;
    bytes += 8 + (isScalar(item) ? scalarBytes(item) : contentBytes(item, visits));
  }
  return 48 + (seen === 0 ? 8 * length : (bytes * length) / seen);
}

/** Counts the bytes that a stage holds, and ends the run where they pass `--state-max`. */
export class MemoryBound {
  private bytes = 0;
  private failed = false;
  private readonly run: RunContext;
  private readonly stage: string;
  private readonly help: string;

  /** @param help what else can be done than to raise the bound, as the end of a sentence. */
  constructor(run: RunContext, stage: string, help: string) {
    this.run = run;
    this.stage = stage;
    this.help = help;
    run.holds?.(() => this.bytes);
  }

  /** @param bytes how many it holds now. */
  hold(bytes: number): void {
    this.add(bytes - this.bytes);
  }

  /** @param bytes how many more it holds; below 0 where it let go of some. */
  add(bytes: number): void {
    this.bytes += bytes;
    const { stateMax } = this.run;
    if (this.bytes <= stateMax || this.failed) return;
    this.failed = true;
    this.run.fail(
      new RunFailure(
        'state-max',
        1,
        `${this.stage} would hold more than ${formatSize(stateMax)} in memory (estimated)`,
        `allow more with --state-max ${formatSize(2 * stateMax)}, or ${this.help}`,
      ),
    );
  }
}
