import { describe, expect, test } from 'vitest';
import { BadRecord } from '../../../src/base/problem.ts';
import { type ReportSettings, Reports } from '../../../src/run/local/reports/reports.ts';

/** Reports, and what they have told. */
function reporting(settings: Partial<ReportSettings> = {}) {
  const told: string[] = [];
  const reports = new Reports({ tell: (line) => told.push(line), trace() {}, ...settings }, () => {});
  const bad = (reason: string, line: number) => {
    Object.assign(reports.cursor, {
      origin: { id: 0, name: 'a.log', source: 0, lines: line },
      line,
      text: () => `line ${line}`,
    });
    reports.bad(new BadRecord(reason, 'so it is'));
  };
  return { reports, told, bad };
}

describe('reports that go on from what others have counted', () => {
  test('tell at the end of all that was bad and late, and of the first of each reason once', () => {
    const first = reporting();
    first.bad('no JSON', 3);
    first.bad('no JSON', 5);
    first.reports.late('too late');
    const then = reporting();
    then.reports.restore(first.reports.snapshot());
    then.bad('no JSON', 7);
    then.bad('no number', 8);
    then.reports.late('too late');
    then.reports.late('much too late');
    then.reports.conclude(20);
    expect(then.told).toEqual([
      'bad record: no number (so it is), a.log:8: line 8',
      '4 bad of 20: 3 no JSON (first a.log:3), 1 no number (first a.log:8)',
      '2 late of 20: too late',
      '1 late of 20: much too late',
    ]);
    expect(then.reports.badCount).toBe(4);
    expect(then.reports.lateCount).toBe(3);
  });

  test('fail with the bad record that is one more than may be, whoever counted the others', () => {
    const settings = { badMax: { count: 2 } };
    const first = reporting(settings);
    first.bad('no JSON', 1);
    const then = reporting(settings);
    then.reports.restore(first.reports.snapshot());
    then.bad('no JSON', 2);
    expect(then.reports.failure).toBeUndefined();
    then.bad('no JSON', 3);
    expect(then.reports.failure?.code).toBe('bad-max');
  });

  test('are as many as they were where it goes on in the first ones too', () => {
    const { reports, bad } = reporting();
    bad('no JSON', 1);
    const state = reports.snapshot();
    const then = reporting();
    then.reports.restore(state);
    bad('no JSON', 2);
    expect([reports.badCount, then.reports.badCount]).toEqual([2, 1]);
  });
});
