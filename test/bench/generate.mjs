// Inputs for benchmarks, the same for the same seed: node test/bench/generate.mjs KIND 200mb FILE
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { random } from './random.mjs';

const MEGABYTE = 1024 * 1024;
const START = Date.UTC(2024, 5, 1);

const next = random(20240601);
const below = (limit) => Math.floor(next() * limit);
const oneOf = (list) => list[below(list.length)];
/** A rank from 0 below `limit`; frequencies follow Zipf's law with exponent 1, as those of words and of clients roughly do. */
const zipf = (limit) => Math.min(limit - 1, Math.floor(Math.exp(next() * Math.log(limit))) - 1);
/** Waiting times, in ms with three decimals: exponential, mean 40. */
const latency = () => Math.round(-Math.log(1 - next()) * 40_000) / 1000;

/** A vocabulary of 50,000 words. */
const vocabulary = Array.from({ length: 50_000 }, (_, rank) => {
  let word = '';
  for (let rest = rank + 1; rest > 0; rest = Math.floor(rest / 20)) word += 'etaoinshrdlcumwfgypb'[rest % 20];
  return word;
});
const word = () => vocabulary[zipf(vocabulary.length)];
const sentence = (least, span) => Array.from({ length: least + below(span) }, word).join(' ');

/** The n-th client's address; spread over the networks, no two alike. */
function address(rank) {
  const mixed = Math.imul(rank + 1, 0x9e3779b1) >>> 0;
  return `${mixed >>> 24}.${(mixed >>> 16) & 255}.${(mixed >>> 8) & 255}.${mixed & 255}`;
}

const agents = [
  'Mozilla/5.0 (X11; Linux x86_64; rv:126.0) Gecko/20100101 Firefox/126.0',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/125.0 Safari/537.36',
  'curl/8.5.0',
  '-',
];

/** How far behind START the log is, in ms; lines come in the order of their times. */
let clock = 0;
const logTime = () => {
  clock += below(20);
  const [, , month, , time] = new Date(START + clock).toUTCString().split(' ');
  return `${String(new Date(START + clock).getUTCDate()).padStart(2, '0')}/${month}/2024:${time} +0000`;
};

/** Text of 19 characters for a whole number below 2^32, another one for each number. */
function id(number) {
  const mixed = (factor) => (Math.imul(number, factor) >>> 0).toString(36).padStart(7, '0');
  return `${mixed(0x9e3779b1)}-${mixed(0x85ebca6b)}${String(number % 10_000).padStart(4, '0')}`;
}
let ids = 0;

function access(client) {
  const user = next() < 0.95 ? '-' : word();
  const status = next() < 0.9 ? 200 : oneOf([301, 304, 404, 404, 500, 503]);
  const size = status === 304 ? '-' : below(100_000);
  const referrer = next() < 0.5 ? '-' : `https://example.com/${word()}`;
  const request = `${next() < 0.9 ? 'GET' : 'POST'} /${word()}/${word()}?page=${below(100)} HTTP/1.1`;
  return `${address(client)} - ${user} [${logTime()}] "${request}" ${status} ${size} "${referrer}" "${oneOf(agents)}"`;
}

/** One line of each kind. */
const lines = {
  words: () => Array.from({ length: 4 + below(14) }, word).join(' '),

  json() {
    const status = next() < 0.9 ? 200 : next() < 0.6 ? 404 : 503;
    const latency_ms = latency();
    return JSON.stringify({
      time: new Date(START + below(86_400_000)).toISOString(),
      service: oneOf(['api', 'web', 'auth', 'pay']),
      path: `/${next() < 0.5 ? 'api' : 'static'}/${word()}`,
      status,
      latency_ms,
      user: { id: below(100_000), name: word() },
    });
  },

  /** Requests in the order of their times, 2 ms apart on average. */
  events() {
    clock += below(5);
    return lines.json().replace(/"time":"[^"]*"/, `"time":"${new Date(START + clock).toISOString()}"`);
  },

  /** The combined log format: 100,000 clients, a few of them busy. No blank in the path, so that the status is awk's field 9. */
  clf: () => access(zipf(100_000)),

  /** The same, with 260,000 clients of which each is as busy as any other. */
  clients: () => access(below(260_000)),

  /** The last column holds commas and quotes, one line in five, so that splitting at commas still finds the others. */
  csv() {
    const note = next() < 0.8 ? sentence(1, 4) : `"${word()}, ""${word()}"" ${word()}"`;
    const time = new Date(START + below(86_400_000)).toISOString();
    return `${below(1_000_000)},${time},${vocabulary[100 + zipf(500)]},${oneOf(['new', 'paid', 'sent', 'back'])},${below(1_000_000) / 100},${note}`;
  },

  /** Nine fields in the same order; no blank stands in a value but the last, so that splitting at blanks finds the others. */
  logfmt() {
    clock += below(20);
    const time = new Date(START + clock).toISOString();
    const status = next() < 0.9 ? 200 : next() < 0.6 ? 404 : 503;
    const what = `service=${oneOf(['api', 'web', 'auth', 'pay'])} method=${next() < 0.9 ? 'GET' : 'POST'} path=/${word()}/${word()}`;
    return `time=${time} level=${oneOf(['info', 'info', 'warn'])} ${what} status=${status} ms=${latency()} user=${below(100_000)} msg="${sentence(1, 6)}"`;
  },

  /** 20 bytes a line; one line in twenty repeats an id from before, so that 200 MB hold 10 million distinct ones. */
  ids: () => id(ids > 0 && next() < 0.0465 ? below(ids) : ids++),

  /** The lines of a service; one in two hundred says "error". */
  log() {
    const level = oneOf(['DEBUG', 'INFO', 'INFO', 'INFO', 'WARN']);
    clock += below(20);
    const head = `${new Date(START + clock).toISOString()} ${level} [worker-${below(16)}]`;
    const what = next() < 0.005 ? `error: ${sentence(3, 6)}` : sentence(5, 10);
    return `${head} ${word()}.${word()} took=${below(5000)}ms ${what}`;
  },
};

const headers = { csv: 'id,time,city,state,amount,note\n' };

const [kind = '', size = '', path] = process.argv.slice(2);
const bytes = Number(/^(\d+)mb$/.exec(size)?.[1] ?? Number.NaN) * MEGABYTE;
if (path === undefined || Number.isNaN(bytes) || !Object.hasOwn(lines, kind)) {
  process.stderr.write(`usage: node test/bench/generate.mjs ${Object.keys(lines).join('|')} SIZEmb FILE\n`);
  process.exit(2);
}

const file = createWriteStream(path);
let written = 0;
let block = headers[kind] ?? '';
while (written < bytes) {
  while (block.length < MEGABYTE) block += `${lines[kind]()}\n`;
  written += block.length;
  if (!file.write(block)) await once(file, 'drain');
  block = '';
}
file.end();
await once(file, 'finish');
