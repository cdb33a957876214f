import fc from 'fast-check';
import { expect, test } from 'vitest';
import { KeyReader } from '../../../src/cli/terminal/key-names.ts';
import { Viewer } from '../../../src/cli/terminal/viewer.ts';
import type { Move } from '../../../src/flow/define/context.ts';

const ESCAPE = '\u001b';

test('keys are told apart, in both modes of the cursor keys, and what nobody knows is passed over', () => {
  const reader = new KeyReader();
  expect(reader.read(`p${ESCAPE}[A${ESCAPE}OB${ESCAPE}[5~${ESCAPE}[1;5C${ESCAPE}[200~q\r\u007fé👍`)).toEqual([
    'p',
    'up',
    'down',
    'pageUp',
    'q',
    'enter',
    'backspace',
    'é',
    '👍',
  ]);
  expect(reader.read(ESCAPE)).toEqual(['escape']);
});

test('wherever a piece ends, keys are the same, but for an escape at its end', () => {
  const all = `a${ESCAPE}[A${ESCAPE}[6~${ESCAPE}OHz`;
  fc.assert(
    fc.property(fc.integer({ min: 0, max: all.length }), (at) => {
      const reader = new KeyReader();
      const keys = [...reader.read(all.slice(0, at)), ...reader.read(all.slice(at))];
      if (all[at - 1] !== ESCAPE) expect(keys).toEqual(['a', 'up', 'pageDown', 'home', 'z']);
    }),
    { numRuns: 50 },
  );
});

/** A viewer, and what it did. */
function viewing(hasTables: boolean) {
  const moves: Move[] = [];
  const shown: { notice?: readonly string[] | undefined; prompt?: string | undefined } = {};
  const screen = {
    paused: false,
    pause(isPaused: boolean) {
      screen.paused = isPaused;
    },
    move: (move: Move) => void moves.push(move),
    setNotice: (lines: readonly string[] | undefined) => {
      shown.notice = lines;
    },
    setPrompt: (line: string | undefined) => {
      shown.prompt = line;
    },
  };
  const viewer = new Viewer(screen, hasTables);
  return { viewer, screen, moves, shown, press: (...keys: string[]) => keys.forEach((key) => void viewer.press(key)) };
}

test('letters behind a slash are a text that rows have to hold, up to Enter, and Esc takes it away', () => {
  const { viewer, moves, shown, press, screen } = viewing(true);
  press('/', 'p', 'q', 'é', 'backspace', '\u0000', 'up');
  expect(shown.prompt).toBe('/pq');
  expect(moves.at(-1)).toEqual({ filter: 'pq' });
  expect([viewer.isTyping, screen.paused]).toEqual([true, false]);
  press('enter', 's');
  expect([viewer.isTyping, shown.prompt, moves.at(-1)]).toEqual([false, undefined, 'sort']);
  press('escape');
  expect(moves.at(-1)).toEqual({ filter: '' });
});

test('a question mark shows the keys that do something here, and any other hides them', () => {
  const { press, shown, moves } = viewing(true);
  press('?');
  expect(shown.notice!.join('\n')).toMatch(/^p .*\n.*scroll.*\n.*\ns .*\n\/ .*\nq .*\n\? /s);
  press('down');
  expect([shown.notice, moves]).toEqual([undefined, ['down']]);
  const rows = viewing(false);
  rows.press('?', '?', '?', 's', '/', 'x');
  expect([rows.shown.notice, rows.shown.prompt, rows.moves]).toEqual([undefined, undefined, []]);
  rows.press('?');
  expect(rows.shown.notice!.map((line) => line.split(' ')[0])).toEqual(['p', 'q', '?']);
});

test('p holds the view and lets it go on, with tables and without', () => {
  for (const hasTables of [true, false]) {
    const { press, screen } = viewing(hasTables);
    press('p');
    expect(screen.paused).toBe(true);
    press('p');
    expect(screen.paused).toBe(false);
  }
});
