// What `running` takes with 1,000,000 keys, however many records there were: the most resident memory that the command ever had (Linux).
//   node test/bench/running.mjs [how many records, 100000000 unless given] [countByValue|groupBy …]
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const KEYS = 1_000_000;
const LINES_PER_CHUNK = 5_000;
const MOST_MB = 1024;
const COMMAND = fileURLToPath(new URL('../../bin/leat.js', import.meta.url));
const PROGRAMS = {
  countByValue: { text: 'countByValue | running | none', line: (key) => `user-${key}\n` },
  groupBy: {
    text: 'map(_.split(" ")) | groupBy(_[0], {n: count(), total: sum(number(_[1]))}) | running | none',
    line: (key, value) => `user-${key} ${value / 100}\n`,
  },
};

/** Writes lines of random keys and values, the same for every run. */
async function feed(input, records, line) {
  let state = 1;
  const next = () => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return state >> 8;
  };
  for (let left = records; left > 0; left -= LINES_PER_CHUNK) {
    let text = '';
    for (let i = Math.min(left, LINES_PER_CHUNK); i > 0; i--) text += line(next() % KEYS, next() % 100_000);
    if (!input.write(text)) await once(input, 'drain');
  }
  input.end();
}

/** The most memory that a process had so far, MB; undefined when it is gone. */
function peakOf(pid) {
  try {
    const [, kilobytes] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return kilobytes === undefined ? undefined : Number(kilobytes) / 1024;
  } catch {
    return undefined;
  }
}

async function measure(name, records) {
  const { text, line } = PROGRAMS[name];
  const start = performance.now();
  const command = spawn(process.execPath, [COMMAND, '--batch', '10s', text], { stdio: ['pipe', 'ignore', 'inherit'] });
  let peak = 0;
  const watch = setInterval(() => {
    peak = peakOf(command.pid) ?? peak;
  }, 100);
  const ended = once(command, 'exit');
  await feed(command.stdin, records, line);
  const [exit] = await ended;
  clearInterval(watch);
  const seconds = (performance.now() - start) / 1000;
  const verdict = exit === 0 && peak < MOST_MB ? 'below' : 'NOT below';
  console.log(
    `${name}: ${records / 1e6} million records in ${seconds.toFixed(0)} s, exit ${exit}, ${peak.toFixed(0)} MB at most (${verdict} ${MOST_MB})`,
  );
}

const [records = '100000000', ...names] = process.argv.slice(2);
for (const name of names.length > 0 ? names : Object.keys(PROGRAMS)) await measure(name, Number(records));
