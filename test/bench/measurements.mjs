// The input of the One Billion Row Challenge, of its shape: a station and a temperature with one decimal a line, 413 stations, from a normal distribution
// around the mean of each. The same for the same number of rows: node test/bench/measurements.mjs 10000000 FILE
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { random } from './random.mjs';

const STATIONS = 413;
/** Standard deviation of the temperatures of a station, °C. */
const SPREAD = 10;
const BLOCK = 1 << 20;

const next = random(20240101);

const syllables = [
  'ka',
  'ro',
  'mi',
  'tan',
  'bur',
  'el',
  'sa',
  'ven',
  'o',
  'lin',
  'dé',
  'gor',
  'ash',
  'pa',
  'um',
  'São ',
];
const names = new Set();
while (names.size < STATIONS) {
  let name = '';
  for (let parts = 1 + Math.floor(next() * 4); parts >= 0; parts--)
    name += syllables[Math.floor(next() * syllables.length)];
  names.add(name[0].toUpperCase() + name.slice(1).trim());
}
const stations = [...names].map((name) => ({ name, mean: next() * 45 - 12 }));

/** Normally distributed around 0 (Box and Muller). */
const normal = () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());

const [rows = '', path] = process.argv.slice(2);
if (!/^\d+$/.test(rows) || path === undefined) {
  process.stderr.write('usage: node test/bench/measurements.mjs ROWS FILE\n');
  process.exit(2);
}
const file = createWriteStream(path);
let block = '';
for (let row = 0; row < Number(rows); row++) {
  const { name, mean } = stations[Math.floor(next() * STATIONS)];
  const tenths = Math.max(-999, Math.min(999, Math.round((mean + SPREAD * normal()) * 10)));
  block += `${name};${(tenths / 10).toFixed(1)}\n`;
  if (block.length < BLOCK) continue;
  if (!file.write(block)) await once(file, 'drain');
  block = '';
}
file.end(block);
await once(file, 'finish');
