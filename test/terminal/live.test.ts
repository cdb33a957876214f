import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { hasScript, PseudoTerminal, type PseudoTerminalOptions, steady } from './pseudo-terminal.ts';

const ESCAPE = '\u001b';

/** A program that reads from a client, which is connected; the options of the command stand behind it. */
async function started(program: string, options: PseudoTerminalOptions = {}, rest = '') {
  // Ctrl-C goes to the shell as well, which is to go on.
  const terminal = new PseudoTerminal(`trap : INT; leat --batch 100ms '${program}' ${rest}`, options);
  const [, port] = await terminal.shows(/try: nc 127\.0\.0\.1 (\d+)/);
  const client = connect(Number(port), '127.0.0.1');
  onTestFinished(() => void client.destroy());
  await once(client, 'connect');
  return { terminal, client };
}

const send = (client: Socket, ...lines: string[]) => void client.write(`${lines.join('\n')}\n`);

describe.skipIf(!hasScript)('a live table', () => {
  test('is drawn in place, with bars, above the status line', async () => {
    const { terminal, client } = await started('listen(0) | countByValue | running');
    send(client, 'to', 'be', 'to');
    await terminal.shows(/to {5} +2 /);
    await terminal.shows(/1 client /);
    expect(steady(terminal.screen)).toEqual([
      'leat: listening on ADDRESS (try: nc ADDRESS)',
      'TIME  since TIME  3 records',
      'key  value',
      `to       2  ${'█'.repeat(40)}`,
      `be       1  ${'█'.repeat(20)}`,
      '1 client  RATES  p pause, q quit, ? keys',
    ]);
    send(client, 'be', 'be', 'or');
    await terminal.shows(/be {5} +3 /);
    expect(terminal.screen.filter((line) => line.includes('records'))).toHaveLength(1);
    expect(terminal.scrolledAway).toEqual([]);
    terminal.type('q');
    expect(await terminal.ended).toBe(130);
    expect(steady(terminal.screen).slice(1)).toEqual([
      'TIME  since TIME  6 records',
      'key  value',
      `to       2  ${'█'.repeat(26)}▋`,
      `be       3  ${'█'.repeat(40)}`,
      `or       1  ${'█'.repeat(13)}▍`,
    ]);
  });

  test('never moves a column to the left, and grows with room to spare', async () => {
    const { terminal, client } = await started('listen(0) | countByValue');
    send(client, 'a');
    await terminal.shows(/^a +1 /m);
    send(client, 'a long key');
    await terminal.shows(/^a long key +1 /m);
    const wide = terminal.screen.find((line) => line.startsWith('key'))!;
    send(client, 'b');
    await terminal.shows(/^b +1 /m);
    expect(terminal.screen.find((line) => line.startsWith('key'))).toBe(wide);
    expect(wide).toBe('key            value');
  });

  test('shows wide characters and emoji in straight columns', async () => {
    const { terminal, client } = await started('listen(0) | countByValue | running');
    send(client, '日本', '👍', 'abcd');
    await terminal.shows(/abcd +1/);
    // All in the same cell of the terminal; 日本 are two characters in four cells.
    const starts = terminal.screen.filter((line) => line.includes('█')).map((line) => line.indexOf('1'));
    expect(starts).toEqual([8, 10, 10]);
  });

  test('is cut to the height of the terminal, and survives another size', async () => {
    const { terminal, client } = await started('listen(0) | countByValue | running', { columns: 80, rows: 24 });
    send(client, ...Array.from({ length: 60 }, (_, i) => `key${i}`));
    await terminal.shows(/… and 41 more\n1 client/);
    expect(terminal.screen).toHaveLength(23);
    terminal.resize(200, 50);
    await terminal.shows(/… and 15 more\n1 client/);
    expect(terminal.screen.filter((line) => line.includes('60 records'))).toHaveLength(1);
    terminal.resize(40, 12);
    await terminal.shows(/… and 53 more\n1 client/);
    expect(terminal.screen).toHaveLength(11);
    for (const line of terminal.screen) expect(line.length).toBeLessThanOrEqual(40);
  });

  test('stands below notes, which never tear it', async () => {
    const { terminal, client } = await started('listen(0) | json | countBy(.s) | running', { columns: 200, rows: 50 });
    send(client, '{"s":"a"}');
    await terminal.shows(/^a +1/m);
    send(client, 'oops', '{"s":"a"}');
    await terminal.shows(/bad record: not JSON[\s\S]*^a +2[\s\S]*bad 1/m);
    const lines = steady(terminal.screen);
    expect(lines).toHaveLength(6);
    expect(lines[1]).toMatch(/^leat: bad record: not JSON .*oops$/);
    expect(lines.slice(2)).toEqual([
      'TIME  since TIME  3 records',
      'key  value',
      `a        2  ${'█'.repeat(40)}`,
      '1 client  RATES  bad 1  p pause, q quit, ? keys',
    ]);
  });

  test('p holds it while the data goes on, and shows the newest when it goes on', async () => {
    const { terminal, client } = await started('listen(0) | json | countBy(.s) | running');
    send(client, '{"s":"a"}');
    await terminal.shows(/^a +1/m);
    terminal.type('p');
    await terminal.shows(/^paused {2}1 client/m);
    send(client, '{"s":"a"}', '{"s":"a"}', 'oops');
    await terminal.shows(/^paused .*bad 1/m);
    expect(terminal.screen.some((line) => /^a +1 /.test(line))).toBe(true);
    terminal.type('p');
    await terminal.shows(/^a +3/m);
    expect(terminal.screen.some((line) => line.startsWith('paused'))).toBe(false);
  });

  test('Ctrl-C prints the open batch, ends with 130 and leaves the terminal as it was', async () => {
    const { terminal, client } = await started(
      'listen(0) | tap | countByValue',
      {},
      '--batch 1h; echo "exit $?"; stty -a | grep -o "[-]*icanon"; stty -a | grep -o "[-]*echo "',
    );
    send(client, 'a', 'b');
    await terminal.shows(/^b$/m);
    terminal.type('\u0003');
    await terminal.shows(/exit 130\n(.*\n)*icanon\necho/);
    expect(terminal.screen.join('\n')).toMatch(/partial {2}2 records\nkey {2}value\na +1 .*\nb +1 /);
    await terminal.ended;
    expect(terminal.written.lastIndexOf(`${ESCAPE}[?25h`)).toBeGreaterThan(
      terminal.written.lastIndexOf(`${ESCAPE}[?25l`),
    );
    expect(terminal.written.lastIndexOf(`${ESCAPE}[?7h`)).toBeGreaterThan(
      terminal.written.lastIndexOf(`${ESCAPE}[?7l`),
    );
    expect(terminal.written).not.toContain(`${ESCAPE}[?1049h`);
  });

  test('a crash leaves the terminal as it was', async () => {
    const terminal = new PseudoTerminal(
      `printf 'export function f() { setTimeout(() => { throw new Error("broken"); }, 0); return 1; }' > f.mjs;
      leat --batch 50ms 'rate(10) | map(f(.value)) | count | running' --import ./f.mjs; stty -a | grep -o "[-]*icanon"`,
    );
    await terminal.ended;
    expect(terminal.screen.join('\n')).toContain('broken');
    expect(terminal.screen.at(-1)).toBe('icanon');
    expect(terminal.written.lastIndexOf(`${ESCAPE}[?25h`)).toBeGreaterThanOrEqual(
      terminal.written.lastIndexOf(`${ESCAPE}[?25l`),
    );
  });

  test('what was looked at stays where q cuts the next batch short', async () => {
    const { terminal, client } = await started('listen(0) | tap | countByValue', {}, '--batch 3s --no-status');
    send(client, 'a', 'a');
    await terminal.shows(/^a +2 /m);
    send(client, 'b');
    await terminal.shows(/^b$/m);
    terminal.type('q');
    expect(await terminal.ended).toBe(130);
    expect(terminal.screen.join('\n')).toMatch(/batch {2}2 records\nkey {2}value\na +2 .*$/);
    expect(terminal.screen.join('\n')).not.toContain('partial');
  });

  test('scrolls, sorts and filters by keys, which come from the terminal also where the input is a pipe', async () => {
    const terminal = new PseudoTerminal(
      '(seq 40; sleep 100) | leat --batch 100ms \'map(["key " + _, number(_)]) | reduceByKey(_ + _) | running\'',
      { rows: 12 },
    );
    await terminal.shows(/key 1 +1.*\n[\s\S]*… and 33 more\n/);
    terminal.type(`${ESCAPE}[6~`);
    await terminal.shows(/key 7 +7.*\n[\s\S]*… 6 above, 27 more/);
    terminal.type('ss');
    await terminal.shows(/by value ↓\nkey +value\nkey 40 +40/);
    terminal.type('/y 3\r');
    await terminal.shows(/"y 3" in 11 of 40\nkey +value\nkey 39 +39/);
    terminal.type('?');
    await terminal.shows(/^s +sort by/m);
    terminal.type('q');
    expect(await terminal.ended).toBe(130);
  });

  test('a chart of single records is drawn in place too', async () => {
    const { terminal, client } = await started('listen(0) | map(number) | chart("histogram")');
    send(client, '1', '2');
    await terminal.shows(/2 records\n.*█/);
    send(client, '3');
    await terminal.shows(/1 record\n.*█/);
    expect(terminal.screen.filter((line) => line.includes('record'))).toHaveLength(1);
  });

  test('each print has its own, one below the other', async () => {
    const { terminal, client } = await started('let in = listen(0); in | countByValue | running; in | count | running');
    send(client, 'a', 'b');
    await terminal.shows(/output 1 .*2 records\nkey {2}value\na .*\nb .*\n\n.*output 2 .*2 records\n2\n1 client/);
  });
});

describe.skipIf(!hasScript)('no live table', () => {
  test('rows of programs that do not aggregate come above the status line and stay', async () => {
    const { terminal, client } = await started('listen(0) | map(_.toUpperCase())', { rows: 10 });
    send(client, ...Array.from({ length: 20 }, (_, i) => `row${i}`));
    await terminal.shows(/ROW19\n1 client {2}\S+\/s/);
    send(client, 'last');
    await terminal.shows(/ROW19\nLAST\n1 client/);
    const all = [...terminal.scrolledAway, ...terminal.screen];
    expect(all.filter((line) => line.startsWith('ROW'))).toHaveLength(20);
    expect(all.filter((line) => line.includes('client '))).toHaveLength(1);
  });

  test('p holds rows that flow by, and all of them come when it goes on or ends', async () => {
    const { terminal, client } = await started('listen(0) | map(_.toUpperCase())');
    send(client, 'one');
    await terminal.shows(/^ONE\n1 client/m);
    terminal.type('p');
    await terminal.shows(/^paused/m);
    send(client, 'two');
    await terminal.shows(/^paused {2}1 client {2}[1-9]/m);
    expect(terminal.screen.join('\n')).not.toContain('TWO');
    terminal.type('p');
    await terminal.shows(/^ONE\nTWO\n1 client/m);
    terminal.type('p');
    await terminal.shows(/^paused/m);
    send(client, 'three');
    await terminal.shows(/^paused {2}1 client {2}[1-9]/m);
    terminal.type('q');
    expect(await terminal.ended).toBe(130);
    expect(terminal.screen.join('\n')).toMatch(/ONE\nTWO\nTHREE$/);
  });

  test('objects that flow have the names of their columns once', async () => {
    const { terminal, client } = await started('listen(0) | json | filter(.ms > 1)');
    send(client, '{"path":"/","ms":3}');
    await terminal.shows(/path {2}ms\n\/ {6}3\n1 client/);
    send(client, '{"path":"/","ms":1}', '{"path":"/a","ms":12}');
    await terminal.shows(/path {2}ms\n\/ {6}3\n\/a {4}12\n1 client/);
  });

  test('rows take the width that the terminal has by then', async () => {
    const { terminal, client } = await started('listen(0) | json', { columns: 70 });
    send(client, `{"a":"${'x'.repeat(90)}","b":1}`);
    await terminal.shows(/x… {2}1\n1 client/);
    terminal.resize(150, 24);
    // A row that comes before the program has heard of the new size has the old one, and stays as it is.
    const wide = /y{90} {2}\d+\n1 client/;
    for (let i = 2; !wide.test(terminal.screen.join('\n')); i++) {
      send(client, `{"a":"${'y'.repeat(90)}","b":${i}}`);
      await terminal.shows(new RegExp(`y(…|y) {2}${i}\n1 client`));
    }
  });

  test('with --format table each batch of them has its time', async () => {
    const { terminal, client } = await started('listen(0)', {}, '--format table');
    send(client, 'a');
    await terminal.shows(/1 record\na\n/);
  });

  test('into a pipe nothing is drawn, and text comes out', async () => {
    const { terminal, client } = await started('listen(0) | countByValue | running', {}, '| cat');
    send(client, 'a', 'a');
    await terminal.shows(/^a +2$/m);
    terminal.type('\u0003');
    await terminal.ended;
    expect(terminal.written).not.toContain(ESCAPE);
  });

  test('TERM=dumb draws nothing', async () => {
    const { terminal, client } = await started('listen(0) | countByValue | running', { env: { TERM: 'dumb' } });
    send(client, 'a', 'a');
    await terminal.shows(/2 records\nkey {2}value\na +2/);
    terminal.type('\u0003');
    expect(await terminal.ended).toBe(130);
    expect(terminal.written).not.toContain(ESCAPE);
  });

  test('--no-live writes one result below the other', async () => {
    const { terminal, client } = await started('listen(0) | count', {}, '--no-live --no-status');
    send(client, 'a', 'a');
    await terminal.shows(/2 records\n2\n/);
    send(client, 'a');
    await terminal.shows(/2 records\n2\n[\s\S]*1 record\n1\n/);
    expect(terminal.written).not.toContain(ESCAPE);
  });

  test('where print is written, each batch stays, and the next comes below it', async () => {
    const { terminal, client } = await started('listen(0) | words | countByValue | print');
    send(client, 'a a');
    await terminal.shows(/1 record\nkey {2}value\na +2\n/);
    send(client, 'b');
    await terminal.shows(/1 record\nkey {2}value\na +2\n\n.*1 record\nkey {2}value\nb +1\n/);
  });

  test('a file is one result, whole, however long', async () => {
    const terminal = new PseudoTerminal("seq 100 > in; leat 'countByValue' < in", { rows: 10 });
    expect(await terminal.ended).toBe(0);
    const all = [...terminal.scrolledAway, ...terminal.screen];
    expect(all.filter((line) => /^\d+ +1$/.test(line))).toHaveLength(100);
  });

  test('where the locale is not UTF-8, bars are ASCII', async () => {
    const { terminal, client } = await started('listen(0) | countByValue | running', { env: { LC_ALL: 'C' } });
    send(client, 'a');
    await terminal.shows(/^a +1 +#{40}$/m);
  });
});

describe.skipIf(!hasScript)('a pipe whose results are looked at', () => {
  test('is drawn batch by batch, and ends with the result of all of them', async () => {
    const terminal = new PseudoTerminal(
      "mkfifo in; leat --batch 100ms 'words | countByValue' < in & exec 3> in; echo a b a >&3; read go; echo b >&3; exec 3>&-; wait",
      { env: { LC_ALL: 'C.UTF-8' } },
    );
    await terminal.shows(/1 record\nkey {2}value\na +2/);
    terminal.type('\n');
    await terminal.ended;
    expect(terminal.screen.join('\n')).toMatch(/all \d+ batches {2}2 records\nkey {2}value\na +2.*\nb +2/);
  });

  test('into a file it is a filter, with one result', async () => {
    const terminal = new PseudoTerminal("(echo a; echo b; echo a) | leat 'countByValue' > out; cat out");
    await terminal.ended;
    expect(terminal.screen).toEqual(['a\t2', 'b\t1'].map((line) => line.replace('\t', ' '.repeat(7))));
  });

  test('the status line says when the next window comes out', async () => {
    const terminal = new PseudoTerminal("(echo a; echo b; read go) | leat 'count | window(1h, 1h)'");
    await terminal.shows(/next window \d\d:00:00 \(\d+.*\), 2 records so far/);
    terminal.type('\n');
    await terminal.ended;
  });
});

test.skipIf(!hasScript)('Ctrl-C ends a run that is too busy to hear keys, and the terminal is as it was', async () => {
  const stuck = 'let calls = 0; export const stuck = (x) => { while (calls++ > 30); return x; };';
  const terminal = new PseudoTerminal(
    `trap : INT; echo '${stuck}' > stuck.mjs; leat --import ./stuck.mjs --batch 100ms 'rate(10) | countBy(stuck(.value % 2)) | running'; trap '' INT; stty -a | grep -o -e '[-]*icanon'`,
  );
  await terminal.shows(/p pause/);
  // Until it is stuck a Ctrl-C would be a polite end.
  await terminal.shows(/1 +15 /);
  const again = setInterval(() => terminal.type('\u0003'), 300);
  await terminal.ended;
  clearInterval(again);
  // A Ctrl-C that came after its end may stand beside it, or under it.
  const lines = terminal.screen.map((line) => line.replaceAll('^C', '')).filter((line) => line !== '');
  expect(lines.at(-1)).toBe('icanon');
});
