import headless from '@xterm/headless';
import { expect, onTestFinished, test } from 'vitest';
import { VirtualClock } from '../../../src/base/clock.ts';
import type { Channel } from '../../../src/cli/terminal/channel.ts';
import { layOut, share } from '../../../src/cli/terminal/layout.ts';
import { Screen } from '../../../src/cli/terminal/screen.ts';
import { isUtf8 } from '../../../src/cli/terminal/terminal.ts';
import type { Frame } from '../../../src/flow/define/context.ts';

/** A screen on a terminal that takes each write only when it is told to. */
function screenOn(columns = 20, rows = 6) {
  const terminal = new headless.Terminal({ cols: columns, rows, scrollback: 100, allowProposedApi: true });
  const size = { columns, rows };
  const clock = new VirtualClock();
  const writes: string[] = [];
  const failures: string[] = [];
  let isSlow = false;
  let taken: (() => void) | undefined;
  let refused: ((error: Error) => void) | undefined;
  const channel: Channel = {
    put(bytes) {
      const text = Buffer.from(bytes).toString();
      writes.push(text);
      return new Promise((resolve, reject) => {
        taken = () => terminal.write(text.replaceAll('\n', '\r\n'), resolve);
        refused = reject;
        if (!isSlow) taken();
      });
    },
    putNow() {},
    close() {},
  };
  const screen = new Screen(channel, {
    clock,
    size: () => size,
    onClosed: () => failures.push('closed'),
    onFailure: ({ message }) => failures.push(message),
  });
  onTestFinished(() => {
    isSlow = false;
    taken?.();
    void screen.close();
  });
  const line = (y: number) => terminal.buffer.active.getLine(y)?.translateToString(true).trimEnd() ?? '';
  return {
    screen,
    clock,
    writes,
    failures,
    terminal,
    hold: () => {
      isSlow = true;
    },
    take: () => {
      isSlow = false;
      taken?.();
    },
    refuse: (code: string) => refused?.(Object.assign(new Error(code), { code })),
    resize: (nextColumns: number, nextRows: number) => {
      Object.assign(size, { columns: nextColumns, rows: nextRows });
      terminal.resize(nextColumns, nextRows);
    },
    /** Lets the time pass that lies between two drawings, and what was written arrive. */
    pass: async () => {
      clock.moveTo(clock.now() + 50);
      await new Promise((resolve) => terminal.write('', () => setImmediate(resolve)));
    },
    lines: () => {
      const all = Array.from({ length: terminal.buffer.active.length }, (_, y) => line(y));
      while (all.at(-1) === '') all.pop();
      return all;
    },
  };
}

const frame = (...lines: string[]): Frame => ({
  height: lines.length,
  paint: (_columns, rows) => lines.slice(0, rows),
});

test('a frame takes the place of the one before, and only lines that differ are written', async () => {
  const { screen, lines, pass, writes } = screenOn();
  const region = screen.region();
  region.show(frame('one', 'two', 'three'));
  await pass();
  region.show(frame('one', '2'));
  await pass();
  expect(lines()).toEqual(['one', '2']);
  expect(writes).toHaveLength(2);
  expect(writes[1]).not.toContain('one');
  region.show(frame('one', '2'));
  await pass();
  expect(writes).toHaveLength(2);
});

test('each drawing is one write, synchronised, with the cursor hidden within it only', async () => {
  const { screen, pass, writes } = screenOn();
  screen.region().show(frame('a'));
  screen.log('note');
  await pass();
  expect(writes).toHaveLength(1);
  expect(writes[0]).toMatch(/^\u001b\[\?2026h\u001b\[\?25l[\s\S]*\u001b\[\?7h\u001b\[\?25h\u001b\[\?2026l$/);
});

test('text goes above, and what it scrolls away stays', async () => {
  const { screen, lines, pass } = screenOn();
  const region = screen.region();
  region.show(frame('FRAME', 'LAST'));
  await pass();
  for (let i = 0; i < 8; i++) {
    screen.write(`row ${i}\n`);
    await pass();
  }
  expect(lines()).toEqual([...Array.from({ length: 8 }, (_, i) => `row ${i}`), 'FRAME', 'LAST']);
});

test('a line that has not come to its end waits, and a note does not tear it', async () => {
  const { screen, lines, pass } = screenOn();
  screen.write('whole\nha');
  screen.log('note');
  await pass();
  expect(lines()).toEqual(['whole', 'note']);
  screen.write('lf\n');
  await pass();
  expect(lines()).toEqual(['whole', 'note', 'half']);
});

test('a terminal that does not take more is given the newest frame only, and nobody waits for it', async () => {
  const { screen, lines, pass, writes, hold, take } = screenOn();
  const region = screen.region();
  let painted = 0;
  hold();
  for (let i = 1; i <= 1000; i++) {
    region.show({ height: 1, paint: () => [`frame ${i}, draw ${++painted}`] });
    await pass();
    expect(screen.blocked()).toBeUndefined();
  }
  expect(writes).toHaveLength(1);
  expect(painted).toBe(1);
  take();
  await pass();
  await pass();
  expect(lines()).toEqual(['frame 1000, draw 2']);
  expect(writes).toHaveLength(2);
});

test('text that a slow terminal does not take pushes back', async () => {
  const { screen, pass, hold, take } = screenOn();
  hold();
  for (let i = 0; i < 200 && screen.blocked() === undefined; i++) screen.write(`${'x'.repeat(9999)}\n`);
  const blocked = screen.blocked();
  expect(blocked).toBeInstanceOf(Promise);
  await pass();
  take();
  await blocked;
  expect(screen.blocked()).toBeUndefined();
});

test('drawings are at least 40 ms apart', async () => {
  const { screen, clock, pass, writes } = screenOn();
  const region = screen.region();
  region.show(frame('a'));
  await pass();
  region.show(frame('b'));
  clock.moveTo(clock.now());
  region.show(frame('c'));
  await pass();
  for (let ms = 0; ms < 39; ms++) {
    region.show(frame(`d${ms}`));
    clock.moveTo(clock.now() + 1);
  }
  expect(writes.length).toBeLessThanOrEqual(3);
});

test.each([
  [7, 6],
  [40, 12],
  [20, 3],
  [1, 1],
])('after a change of the size to %i × %i there is still one frame', async (columns, rows) => {
  const { screen, lines, pass, resize } = screenOn();
  const region = screen.region();
  region.show(frame('a line of 18 cells', 'second'));
  screen.log('note');
  await pass();
  resize(columns, rows);
  screen.redraw();
  await pass();
  const text = lines().join('\n');
  expect(text.match(/second/g)?.length ?? 0).toBeLessThanOrEqual(1);
  if (rows > 3 && columns > 6)
    expect(lines().slice(-2)).toEqual([columns > 18 ? 'a line of 18 cells' : 'a lines', 'second']);
});

test('a text that the terminal shows wider than we count is cut at the edge, and does not push lines down', async () => {
  const { screen, lines, pass } = screenOn(10);
  const region = screen.region();
  region.show(frame('123456789012345', 'below'));
  await pass();
  region.show(frame('abcdefghijklmno', 'below'));
  await pass();
  expect(lines()).toEqual(['abcdefghio', 'below']);
});

test('while it is paused the frame stays, and the newest comes when it goes on', async () => {
  const { screen, lines, pass } = screenOn();
  const region = screen.region();
  screen.setStatus(() => (screen.paused ? 'paused' : 'running'));
  region.show(frame('1'));
  await pass();
  screen.pause(true);
  region.show(frame('2'));
  screen.log('note');
  region.show(frame('3'));
  await pass();
  expect(lines()).toEqual(['note', '1', 'paused']);
  screen.pause(false);
  await pass();
  expect(lines()).toEqual(['note', '3', 'running']);
});

test('while it is paused, rows wait too, and notes come out', async () => {
  const { screen, lines, pass } = screenOn();
  screen.setStatus(() => (screen.paused ? 'paused' : 'running'));
  screen.write('row 1\n');
  await pass();
  screen.pause(true);
  screen.write('row 2\n');
  screen.log('note');
  await pass();
  expect(lines()).toEqual(['row 1', 'note', 'paused']);
  await screen.flush();
  screen.write('x'.repeat(1024 * 1024));
  let hasRoom = false;
  void screen.blocked()!.then(() => {
    hasRoom = true;
  });
  await pass();
  expect(hasRoom).toBe(false);
  screen.write('\n');
  screen.pause(false);
  for (let i = 0; i < 40; i++) await pass();
  expect(hasRoom).toBe(true);
  expect(lines().at(-1)).toBe('running');
});

test('keys move what is held, and it is painted anew', async () => {
  const { screen, lines, pass } = screenOn();
  const region = screen.region();
  const scrolling = (name: string): Frame => {
    let top = 0;
    return {
      height: 1,
      paint: () => [`${name} ${top}`],
      move: (move) => {
        if (move === 'down') top++;
      },
    };
  };
  region.show(scrolling('a'));
  await pass();
  screen.pause(true);
  region.show(scrolling('b'));
  screen.move('down');
  await pass();
  expect(lines()).toEqual(['a 1']);
  screen.pause(false);
  await pass();
  expect(lines()).toEqual(['b 0']);
});

test('a notice stands in the place of what is drawn, and what is typed in that of the status line', async () => {
  const { screen, lines, pass } = screenOn(20, 4);
  screen.region().show(frame('1', '2'));
  screen.setStatus(() => 'status');
  screen.setNotice(['a line that is far too long', 'b', 'c']);
  screen.setPrompt('/abc');
  await pass();
  expect(lines()).toEqual(['a line that is far …', 'b', '/abc_']);
  screen.setNotice(undefined);
  screen.setPrompt(undefined);
  await pass();
  expect(lines()).toEqual(['1', '2', 'status']);
});

test('the last frame stays without the status line, also where it was paused', async () => {
  const { screen, lines, pass } = screenOn();
  const region = screen.region();
  screen.setStatus(() => 'status');
  region.show(frame('1'));
  await pass();
  screen.pause(true);
  region.show(frame('2'));
  screen.write('no end');
  await screen.close();
  expect(lines()).toEqual(['no end', '2']);
});

test('behind a stop everything is drawn below what others have written', async () => {
  const { screen, lines, pass, terminal } = screenOn();
  const region = screen.region();
  region.show(frame('1'));
  await pass();
  terminal.write('[1]+ Stopped\r\n$ fg\r\n');
  screen.forget();
  region.show(frame('2'));
  await pass();
  expect(lines()).toEqual(['1', '[1]+ Stopped', '$ fg', '2']);
});

test('a terminal that has gone ends the run, and another fault fails it', async () => {
  for (const [code, told] of [
    ['EIO', 'closed'],
    ['ENOSPC', 'the terminal'],
  ] as const) {
    const { screen, pass, hold, refuse, failures } = screenOn();
    hold();
    screen.write('a\n');
    await pass();
    refuse(code);
    await pass();
    expect(failures).toHaveLength(1);
    expect(failures[0]).toContain(told);
    screen.write('b\n');
    await screen.flush();
    await screen.close();
  }
});

test('frames share the height: those that need little get it, the others the rest', () => {
  expect(share([2, 50, 50], 22)).toEqual([2, 10, 10]);
  expect(share([3, 3], 100)).toEqual([3, 3]);
  expect(share([5, 5, 5], 2)).toEqual([0, 1, 1]);
  expect(share([5], -1)).toEqual([0]);
  expect(layOut([frame('a', 'b'), frame('c')], 10, 4)).toEqual(['a', 'b', '', 'c']);
  expect(layOut([frame('a', 'b'), frame('c')], 10, 0)).toEqual([]);
});

test('the locale says whether texts are UTF-8, the first that is set', () => {
  expect(isUtf8({ LC_ALL: undefined, LC_CTYPE: undefined, LANG: 'de_DE.UTF-8' })).toBe(true);
  expect(isUtf8({ LC_ALL: 'C', LC_CTYPE: 'C.utf8', LANG: 'C.UTF-8' })).toBe(false);
  expect(isUtf8({ LC_ALL: '', LC_CTYPE: 'C.utf8', LANG: 'C' })).toBe(true);
  expect(isUtf8({ LC_ALL: undefined, LC_CTYPE: undefined, LANG: undefined })).toBe(false);
});
