import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseProgram } from '../../../src/query/text/parser.ts';
import { printExpression, printProgram } from '../../../src/query/text/printer.ts';
import { expression, program, withoutPlaces } from './trees.ts';

describe('printing a program', () => {
  it('gives a text that reads as the same tree', () => {
    fc.assert(
      fc.property(program, (tree) => {
        const parsed = parseProgram(printProgram(tree));
        expect(parsed.problems).toEqual([]);
        expect(withoutPlaces(parsed.program)).toEqual(withoutPlaces(tree));
      }),
      { numRuns: 500 },
    );
  });

  it('gives an expression that reads as the same tree', () => {
    fc.assert(
      fc.property(expression, (tree) => {
        const parsed = parseProgram(`map(${printExpression(tree)})`);
        expect(parsed.problems).toEqual([]);
        expect(withoutPlaces(parsed.program.streams[0]!.stages[0]!.arguments[0]!.value)).toEqual(withoutPlaces(tree));
      }),
      { numRuns: 1000 },
    );
  });

  it('is the same when done twice', () => {
    fc.assert(
      fc.property(program, (tree) => {
        const text = printProgram(tree);
        expect(printProgram(parseProgram(text).program)).toBe(text);
      }),
    );
  });

  it.each([
    ['words|map( [ _ ,1 ] )  # pairs\n| reduceByKey( _+_ )', 'words | map([_, 1]) | reduceByKey(_ + _)'],
    ['let a = json ; a|union( b | c , on : .x )', 'let a = json;\na | union(b | c, on: .x)'],
    ["map({a, 'b c': 'it\\'s', [x]: .y})", 'map({a: a, "b c": "it\'s", [x]: .y})'],
    ['map(((a)=>(a+1)*2))', 'map(a => (a + 1) * 2)'],
    ['window(1h30m, 0x10, 1_000)', 'window(1h30m, 0x10, 1_000)'],
    ['map(-(-a)-(-b))', 'map(-(-a) - -b)'],
    ['filter(a === b && !(c !== d))', 'filter(a == b && !(c != d))'],
    ['map(.trim().length)', 'map(_.trim().length)'],
  ])('writes %s in one way', (text, printed) => {
    expect(parseProgram(text).problems).toEqual([]);
    expect(printProgram(parseProgram(text).program)).toBe(printed);
  });
});
