// Runs the lines of docs/cookbook.md, leat's and those of the tools beside it that are installed, and compares what they say.
//   node test/cookbook/run.mjs [--peers FOLDER]     FOLDER is where test/bench/peers.sh put tools that are not Debian's
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { isShortest, readPage } from './page.mjs';

const root = resolve(import.meta.dirname, '../..');
const place = process.argv.indexOf('--peers');
const peers = place === -1 ? (process.env.LEAT_BENCH_PEERS ?? '') : resolve(process.argv[place + 1]);
const env = {
  ...process.env,
  LEAT_BENCH_PEERS: peers,
  PATH: `${join(peers, 'bin')}:${process.env.PATH}`,
  NO_COLOR: '1',
  TZ: 'UTC',
  LC_ALL: 'C',
};

const TOOLS = `leat() { "${process.execPath}" "${join(root, 'bin/leat.js')}" "$@"; }
duckdb() { "${process.execPath}" "${join(root, 'test/bench/duckdb.mjs')}" "$2" | cat; }
`;

function has(tool) {
  try {
    if (tool === 'duckdb')
      execFileSync('node', [join(root, 'test/bench/duckdb.mjs'), '--version'], { env, stdio: 'ignore' });
    else execFileSync(tool, ['--version'], { env, stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** The values of what JSON stands for; nulls say nothing. */
function leavesOf(value) {
  if (value === null) return [];
  return typeof value === 'object' ? Object.values(value).flatMap(leavesOf) : [String(value)];
}

/** What stands on a line, however it is laid out: numbers to six digits, times to the minute, words. */
function tokensOf(line) {
  const text = line
    .split('\t')
    .flatMap((cell) => {
      try {
        return leavesOf(JSON.parse(cell));
      } catch {
        return [cell];
      }
    })
    .join(' ')
    .replaceAll(/(\d{4}-\d\d-\d\d)[T ](\d\d):(\d\d)(?::\d\d(?:\.\d+)?)?Z?/g, '$1T$2.$3');
  return (text.match(/[\w./+-]+/g) ?? []).map((word) =>
    Number.isNaN(Number(word)) ? word : String(Number(Number(word).toPrecision(6))),
  );
}

/** The items of a list in JSON that goes over several lines; undefined for anything else. */
function itemsOf(text) {
  try {
    const value = JSON.parse(text);
    return Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The rows of an answer as lists of what is on them. A table's heading is none. */
function rowsOf(text) {
  const items = itemsOf(text);
  if (items !== undefined) return items.map((item) => tokensOf(JSON.stringify(item)));
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return (/^-+$/.test(lines[1] ?? '') ? lines.slice(2) : lines).map(tokensOf);
}

/** Whether an answer has as many rows as another one, and each row of that one's says no more than a row of its own. */
function saysTheSame(own, other) {
  const left = [...other];
  for (const row of own) {
    const at = left.findIndex((tokens) => row.every((token) => tokens.includes(token)));
    if (at === -1) return false;
    left.splice(at, 1);
  }
  return left.length === 0;
}

const { files, questions } = readPage(readFileSync(join(root, 'docs/cookbook.md'), 'utf8'));
const folder = mkdtempSync(join(tmpdir(), 'leat-cookbook-'));
const run = (line) => spawnSync('bash', ['-c', TOOLS + line], { cwd: folder, env, encoding: 'utf8' });
const there = new Map(['jq', 'mlr', 'duckdb', 'agrind'].map((tool) => [tool, has(tool)]));
let [different, compared, shortest] = [0, 0, 0];
try {
  const made = run(files.join('\n'));
  if (made.status !== 0) throw new Error(made.stderr);
  for (const question of questions) {
    const { title, lines, isCompared } = question;
    const [own, ...others] = lines;
    if (isShortest(question)) shortest++;
    const lengths = lines.map(({ tool, line }) => `${tool} ${line.length}`);
    console.log(`${title.padEnd(66)} ${lengths.join('  ')}`);
    if (!isCompared) continue;
    const answer = rowsOf(run(own.line).stdout);
    for (const { tool, line } of others) {
      if (!there.get(tool)) continue;
      compared++;
      const { stdout, stderr } = run(line);
      if (answer.length > 0 && saysTheSame(answer, rowsOf(stdout))) continue;
      different++;
      console.log(`  differs: ${line}\n${stdout}${stderr}`.replaceAll('\n', '\n    '));
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
const absent = [...there].filter(([, isThere]) => !isThere).map(([tool]) => tool);
console.log(`\nleat's line is the shortest or as short in ${shortest} of ${questions.length}`);
console.log(
  `${compared} answers of others were compared, ${different} differ${absent.length === 0 ? '' : `; not installed: ${absent.join(', ')}`}`,
);
if (different > 0 || compared === 0) process.exitCode = 1;
