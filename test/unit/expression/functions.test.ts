import { describe, expect, it } from 'vitest';
import { toJson } from '../../../src/base/json.ts';
import { functions } from '../../../src/flow/catalog.ts';
import { bind } from './evaluating.ts';

describe('functions and methods', () => {
  it('has no two of one name on one kind of receiver', () => {
    const names = [...functions].map(({ name, receiver }) => `${receiver ?? ''}.${name}`);
    expect(names.length).toBeGreaterThan(80);
    expect(new Set(names).size).toBe(names.length);
  });

  it.each([...functions].map((definition) => [`${definition.receiver ?? ''}.${definition.name}`, definition] as const))(
    '%s says what it does in a line, and its examples are right',
    (_name, { summary, examples, parameters }) => {
      expect(summary.length).toBeLessThanOrEqual(90);
      expect(summary).not.toMatch(/\.$/);
      expect(examples.length).toBeGreaterThan(0);
      for (const { expression, gives } of examples)
        expect([expression, toJson(bind(`() => ${expression}`).compiled.call())]).toEqual([expression, gives]);
      // Only the last takes the rest, and none that must be given stands behind one that may be left out.
      parameters.forEach(({ rest, optional }, i) => {
        if (rest) expect(i).toBe(parameters.length - 1);
        if (!optional) expect(parameters.slice(0, i).some((before) => before.optional)).toBe(false);
      });
    },
  );

  it('expects lambdas at the same places in methods of one name', () => {
    for (const { name } of functions) {
      const methods = [...functions].filter((other) => other.name === name && other.receiver !== undefined);
      const places = methods.map(({ parameters }) => parameters.flatMap(({ lambda }, i) => (lambda ? [i] : [])).join());
      expect([name, new Set(places).size <= 1]).toEqual([name, true]);
    }
  });
});
