import { describe, expect, it } from 'vitest';
import { RunFailure, RunInterrupted } from '../../../src/base/problem.ts';
import type { Value } from '../../../src/base/value.ts';
import type { Step } from '../../../src/flow/define/step.ts';
import { Reader } from '../../../src/run/local/reading/reader.ts';
import { failureOf } from '../../../src/run/local/reports/fault.ts';
import { RunCursor } from '../../../src/run/local/steps/run-cursor.ts';

/** Reads lines into a step that throws this at the second of them. */
function readUpTo(thrown: unknown) {
  const cursor = new RunCursor();
  const seen: Value[] = [];
  const step = {
    push(record: Value) {
      if (seen.length === 1) throw thrown;
      seen.push(record);
    },
  } as unknown as Step;
  const failures: (RunFailure | undefined)[] = [];
  const fault = (error: unknown) => void failures.push(failureOf(error, cursor));
  const reader = new Reader(cursor, step, () => {}, false, fault);
  const origin = { id: 0, name: 'app.log', source: 0, lines: 7 };
  reader.read({ kind: 'text', origin, bytes: Buffer.from('a\nb\nc\n') });
  return { seen, failures, records: reader.records, lines: origin.lines, isAway: cursor.origin === null };
}

describe('what a step throws that is no bad record', () => {
  it('is told as a fault of ours, with the place of the record, and the rest is not read', () => {
    const { failures, ...read } = readUpTo(new TypeError('x is undefined'));
    expect(failures[0]).toMatchObject({
      code: 'internal',
      exit: 1,
      message: 'a fault of leat itself, at app.log:9: TypeError: x is undefined',
    });
    expect(read).toEqual({ seen: ['a'], records: 2, lines: 9, isAway: true });
  });

  it('is the failure of the run where it says so, and none where the run is to end', () => {
    const failure = new RunFailure('state-max', 1, 'too much');
    expect(readUpTo(failure).failures).toEqual([failure]);
    expect(readUpTo(new RunInterrupted()).failures).toEqual([undefined]);
  });
});
