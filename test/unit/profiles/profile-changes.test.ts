import { describe, expect, test } from 'vitest';
import { fieldsOf } from '../../../src/base/fields.ts';
import type { Value } from '../../../src/base/value.ts';
import { addToProfile, emptyProfile } from '../../../src/flow/profiles/profile.ts';
import { ProfileChanges } from '../../../src/flow/profiles/profile-changes.ts';

function profileOf(records: readonly Value[]) {
  const profile = emptyProfile();
  for (const record of records) addToProfile(profile, record);
  return profile;
}

const many = (count: number, record: Value) => Array.from({ length: count }, () => record);

/** What each batch tells, as `change field was`. */
function told(...batches: readonly Value[][]): string[][] {
  const changes = new ProfileChanges();
  return batches.map((records) =>
    changes.take(profileOf(records)).map(({ change, field, was }) => `${change} ${field} ${was}`),
  );
}

describe('what changes in the fields of records', () => {
  test('a field is gone behind 1,000 records without it, once, and new where it comes back', () => {
    const [both, alone] = [{ a: 1, b: 'x' }, { a: 1 }];
    expect(told([both, both], many(999, alone), [alone], [alone], [both])).toEqual([
      ['new .a null', 'new .b null'],
      [],
      ['gone .b string'],
      [],
      ['new .b string'],
    ]);
  });

  test('a field that only few had does not go', () => {
    const some = [...many(11, { a: 1 }), { a: 1, b: 2 }];
    expect(told(some, many(5000, { a: 1 }), some)).toEqual([['new .a null', 'new .b null'], [], []]);
  });

  test('what is known of fields is bounded: behind 20,000 of them a new one is no news', () => {
    const changes = new ProfileChanges();
    for (let batch = 0; batch < 41; batch++) {
      const record = fieldsOf(Array.from({ length: 490 }, (_, i) => [`k${batch * 490 + i}`, 1] as const));
      changes.take(profileOf([record]));
    }
    expect(changes.memory.size).toBe(20_000);
    expect(changes.take(profileOf([{ k0: 'x', other: 1 }])).map(({ field }) => field)).toEqual(['.k0']);
  });

  test('a type that was there before is none, whatever is commoner', () => {
    expect(told([{ a: 1 }], [{ a: 'x' }], [{ a: 2 }, { a: 'y' }], [{ a: null }], [{ a: true }])).toEqual([
      ['new .a null'],
      ['type .a number'],
      [],
      [],
      ['type .a number | string'],
    ]);
  });
});

describe('what is kept of records', () => {
  test('is bounded: texts are cut, and of objects with very many fields the others are left out', () => {
    const fields = fieldsOf(Array.from({ length: 2000 }, (_, i) => [`k${i}`, 'x'.repeat(1000)] as const));
    const profile = profileOf([fields, fields]);
    expect(profile.fields.size).toBe(500);
    expect(profile.isCut).toBe(true);
    const [first] = profile.fields.values();
    expect(first!.least).toBe(`${'x'.repeat(80)}…`);
    const broad = (depth: number): Value =>
      depth === 0 ? 1 : fieldsOf(Array.from({ length: 30 }, (_, i) => [`k${i}`, broad(depth - 1)] as const));
    expect(profileOf([broad(3)]).places).toBe(5000);
    let deep: Value = 1;
    for (let i = 0; i < 900; i++) deep = [deep];
    expect(() => profileOf([deep])).not.toThrow();
  });
});
