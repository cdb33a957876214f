import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { few } from '../support/effort.ts';
import { shell, temporaryFolder } from './harness.ts';

/** Lines of JSON with some that are bad, some that are blank and some that are not UTF-8, the same every time. */
function messyLog(lines: number): Buffer {
  let state = 7;
  const next = (below: number) => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return (state >> 8) % below;
  };
  const pieces = Array.from({ length: lines }, (_, i) => {
    if (next(97) === 0) return Buffer.from('{"service":\n');
    if (next(89) === 0) return Buffer.from([0x7b, 0xff, 0x7d, 0x0a]);
    if (next(53) === 0) return Buffer.from('\n');
    const at = next(61) === 0 ? 'soon' : new Date(Date.UTC(2026, 0, 1) + i * 250 + next(9000)).toISOString();
    const record = { service: `s${next(40)}`, ms: next(1000) / 8, path: `/${'é'.repeat(next(4))}${next(300)}`, at };
    return Buffer.from(`${JSON.stringify(record)}${i === lines - 1 ? '' : '\n'}`);
  });
  return Buffer.concat(pieces);
}

const PROGRAMS = [
  'words | countByValue',
  'count',
  'json | countBy(.service)',
  'json | filter(.ms > 50) | groupBy(.path, {n: count(), sum: sum(.ms), mean: avg(.ms), p: p99(.ms), first: first(.ms), all: list(.service)})',
  'json | window(1m, on: .at) | groupBy(.service, {n: count(), sum: sum(.ms), first: first(.path), last: last(.path)}) | stamp',
  'json | map([.service, .ms]) | reduceByKey(_ + _)',
  'json | map(.ms) | aggregate({n: count(), s: stddev(_), d: distinct(_)})',
  'json | map(.path) | distinct | sort | take(50)',
  'filter(_.includes("s1")) | top(5)',
  'json | countBy(.service) | window(1m) | top(3)',
  'json | filter(.ms > 50) | window(5m, 1m, on: .at) | countBy([.service, .ms > 90]) | stamp',
  'json | window(5m, 2m, on: .at) | map([.service, .ms]) | reduceByKey(_ + _) | stamp',
  'json | session([.service, .ms > 90], {n: count(), sum: sum(.ms), first: first(.path), all: list(.path)}, gap: 3s, on: .at)',
  'json | window(1m, on: .at, late: 2s) | count | stamp',
];

test('the answer is the same, to the byte, with one thread and with three, over files and over standard input', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'a.log'), messyLog(3000));
  writeFileSync(join(folder, 'b.log'), messyLog(1500));
  const run = (program: string, workers: number, input = '') =>
    shell(`leat --workers ${workers} '${program}' ${input} 2>&1; echo "exit $?"`, folder).then(({ stdout }) => stdout);
  for (const program of few(6, PROGRAMS)) {
    const over = `files("*.log") | ${program}`;
    const [one, three] = await Promise.all([run(over, 1), run(over, 3)]);
    expect(one, program).toContain('exit 0');
    expect(three, program).toBe(one);
  }
  const [one, two] = await Promise.all([run(PROGRAMS[3]!, 1, '< a.log'), run(PROGRAMS[3]!, 2, '< a.log')]);
  expect(one).toContain('bad of');
  expect(two).toBe(one);
  // Standard input that somebody has read a line of.
  const rest = (workers: number) =>
    shell(`(read -r line; leat --workers ${workers} count) < a.log`, folder).then(({ stdout }) => stdout);
  expect(await rest(1)).toBe(await rest(3));
});

test('what threads have found good counts, however bad the part of the main thread is', async () => {
  const folder = temporaryFolder();
  const lines = (count: number, line: (i: number) => string) =>
    Array.from({ length: count }, (_, i) => line(i)).join('');
  const good = lines(2000, (i) => `{"a":${i % 3},"b":"x"}\n`);
  writeFileSync(join(folder, 'half.log'), lines(3000, (i) => `oops ${i}\n`) + good);
  writeFileSync(
    join(folder, 'none.log'),
    lines(3000, (i) => `oops ${i}\n`),
  );
  writeFileSync(join(folder, 'good.log'), good);
  writeFileSync(join(folder, 'blank.log'), '\n');
  const run = (workers: number, file: string, program: string) =>
    shell(`leat --workers ${workers} 'files("${file}") | ${program}' 2>&1; echo "exit $?"`, folder);
  const same = async (file: string, program: string) => {
    const [one, three] = await Promise.all([run(1, file, program), run(3, file, program)]);
    expect(three.stdout, program).toBe(one.stdout);
    return three.stdout;
  };
  expect(await same('half.log', 'json | countBy(.a)')).toContain('exit 0');
  expect(await same('none.log', 'json | countBy(.a)')).toContain('exit 1');
  expect(await same('good.log', 'json | filter(.a > 1) | map(.b - 1) | countByValue')).toContain(
    'came out of `map(.b - 1)`',
  );
  expect(await same('blank.log', 'json | countBy(.a)')).toContain('came out of `json`');
});

/** Pairs of a key and a number, one a line; `odd` stands in the line `at`. */
function pairs(lines: number, at: number, odd: string): string {
  return Array.from({ length: lines }, (_, i) => (i === at ? odd : JSON.stringify([`k${(i * 7) % 11}`, (i * 31) % 97])))
    .map((line) => `${line}\n`)
    .join('');
}

test('sums by a function of the program are the same with one thread and with three, whatever is added up where', async () => {
  const folder = temporaryFolder();
  const lines = 900;
  const run = (program: string, workers: number) =>
    shell(`leat --workers ${workers} '${program}' 2>&1; echo "exit $?"`, folder).then(({ stdout }) => stdout);
  const programs = [
    'files("*.log") | json | reduceByKey(_ + _)',
    'files("*.log") | json | map([_[0], [1, _[1]]]) | reduceByKey((a, b) => [a[0] + b[0], a[1] + b[1]])',
    'files("*.log") | json | map(_[1]) | reduce(_ + _)',
  ];
  const odd = [
    '["k1",0.1]',
    '["k1",-4]',
    '["k1","x"]',
    '["k1",null]',
    '["k1",[1]]',
    '["k1",9007199254740991]',
    '{"not":',
    '"no pair"',
  ];
  for (const [i, text] of few(4, odd).entries()) {
    const at = [5, lines / 2, lines - 3][i % 3]!;
    const program = programs[(i + Math.floor(i / 3)) % 3]!;
    // The last line is bad, and its number must be the same wherever the part begins that it is in.
    writeFileSync(join(folder, 'a.log'), `${pairs(lines, at, text)}x\n`);
    writeFileSync(join(folder, 'b.log'), pairs(50, 10, '["k2",'));
    const [one, three] = await Promise.all([run(program, 1), run(program, 3)]);
    expect(one, text).toContain('exit 0');
    if (!text.startsWith('{')) expect(one, text).toContain(`a.log:${lines + 1}`);
    expect(three, `${program} with ${text} in line ${at + 1}`).toBe(one);
  }
});

/** Rows of which some reach over many lines, a few over more than a text may, some are bad, and the last is never closed. */
function messyTable(rows: number, header: string): string {
  let state = 11;
  const next = (below: number) => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return (state >> 8) % below;
  };
  const lines = Array.from({ length: rows }, () => {
    const city = `c${next(30)}`;
    if (next(61) === 0) return `${next(9)},${city},1,2,3`;
    if (next(67) === 0) return `${next(9)},"${city}"x,1`;
    // Text in a field that looks like text, and that looks like rows.
    if (next(50) === 0) return `${next(9)},${city},"${`line, "" ${next(9)},c1,7\n`.repeat(next(200))}"`;
    if (next(90) === 0) return `${next(9)},${city},"${`${next(9)},c1,7\n`.repeat(next(2000))}"`;
    return `${next(99)},${next(7) === 0 ? `"${city}"` : city},${next(1000) / 8}`;
  });
  return `${header}\n${lines.join('\n')}\n1,"open`;
}

const TABLE_PROGRAMS = [
  'csv | groupBy(.city, {n: count(), sum: sum(.ms), first: first(.id)})',
  'filter(!_.startsWith("#")) | csv | countBy(.city)',
  'csv(columns: ["id", "city", "ms"]) | countBy(.city)',
  'csv(header: false) | countBy(_[1])',
  'csv | map([.city, .ms]) | countByKey',
];

test('rows that reach over many lines are read as one thread reads them, wherever files are cut', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'a.csv'), messyTable(4000, 'id,city,ms'));
  writeFileSync(join(folder, 'b.csv'), messyTable(900, 'ms,"city\n",id'));
  writeFileSync(join(folder, 'c.csv'), messyTable(2500, '# made by hand\nid,city,ms'));
  const run = (program: string, workers: number) =>
    shell(`leat --workers ${workers} 'files("*.csv") | ${program}' 2>&1; echo "exit $?"`, folder);
  for (const program of few(2, TABLE_PROGRAMS)) {
    const [one, ...others] = await Promise.all(few(3, [1, 3, 2, 5]).map((workers) => run(program, workers)));
    expect(one!.stdout, program).toContain('exit 0');
    expect(one!.stdout, program).toMatch(/\d+ a quoted field is not closed/);
    for (const { stdout } of others) expect(stdout, program).toBe(one!.stdout);
  }
});

test('numbers keep their spelling with one thread and with three', async () => {
  const folder = temporaryFolder();
  const texts = ['1.10', '1.1', '-0', '0', '1e3', '1000', '12.50', '12.5', '12345678901234567.1', '0.0000001', 'x', ''];
  const rows = Array.from({ length: 6000 }, (_, i) => {
    const [version, price] = [texts[(i * 7) % texts.length], texts[(i * 31 + (i >> 4)) % 10]];
    return i % 5 === 0 ? `"${version}",${price}` : `${version},${price}`;
  });
  writeFileSync(join(folder, 'a.csv'), `version,price\n${rows.join('\n')}\n`);
  writeFileSync(
    join(folder, 'a.log'),
    rows
      .map((row) => `version=${row.replace(',', ' price=')}\n`)
      .join('')
      .replaceAll('"', ''),
  );
  const ends = [
    'countBy(.version)',
    'groupBy([.version, .price], {n: count(), sum: sum(.price)})',
    'groupBy(.version, {all: set(.price), least: min(.price), most: max(.price), first: first(.price), top: top(3, .price), d: distinct(.price)})',
    'map(.price) | distinct | sort',
    'filter(.price == 12.5 || .version == "1.1") | countBy({a: .version, b: .price})',
    'map([.version, .price]) | reduceByKey(max)',
  ];
  const run = (program: string, flags: string) => shell(`leat ${flags} '${program}' 2>&1; echo "exit $?"`, folder);
  for (const start of ['files("a.csv") | csv', 'files("a.log") | logfmt']) {
    for (const end of few(3, ends)) {
      const program = `${start} | ${end}`;
      const [one, ...others] = await Promise.all(
        ['--workers 1', '--workers 3', '--workers 1 --no-kernels'].map((flags) => run(program, flags)),
      );
      expect(one!.stdout, program).toContain('exit 0');
      expect(one!.stdout, program).toMatch(/12\.50/);
      for (const { stdout } of others) expect(stdout, program).toBe(one!.stdout);
    }
  }
});
