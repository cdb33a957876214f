// Inputs for benchmarks, the same for the same seed: node test/bench/generate.mjs words|json 200mb FILE
import { createWriteStream } from 'node:fs';
import { once } from 'node:events';

const [kind, size, path] = process.argv.slice(2);
const MEGABYTE = 1024 * 1024;
const bytes = Number(/^(\d+)mb$/.exec(size ?? '')?.[1] ?? Number.NaN) * MEGABYTE;
if (path === undefined || Number.isNaN(bytes) || !['words', 'json'].includes(kind)) {
  process.stderr.write('usage: node test/bench/generate.mjs words|json SIZEmb FILE\n');
  process.exit(2);
}

/** Numbers from 0 to 1, the same sequence for the same seed (mulberry32, Tommy Ettinger). */
function random(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const next = random(20240601);

/** A vocabulary of 50,000 words whose frequencies follow Zipf's law with exponent 1, as natural text roughly does. */
const vocabulary = Array.from({ length: 50_000 }, (_, rank) => {
  let word = '';
  for (let rest = rank + 1; rest > 0; rest = Math.floor(rest / 20)) word += 'etaoinshrdlcumwfgypb'[rest % 20];
  return word;
});
const harmonic = Math.log(vocabulary.length);
const word = () => vocabulary[Math.min(vocabulary.length - 1, Math.floor(Math.exp(next() * harmonic)) - 1)];

const lines = {
  words() {
    const count = 4 + Math.floor(next() * 14);
    return Array.from({ length: count }, word).join(' ');
  },
  json() {
    const status = next() < 0.9 ? 200 : next() < 0.6 ? 404 : 503;
    const latency = Math.round(-Math.log(1 - next()) * 40_000) / 1000;
    return JSON.stringify({
      time: new Date(1_717_200_000_000 + Math.floor(next() * 86_400_000)).toISOString(),
      service: ['api', 'web', 'auth', 'pay'][Math.floor(next() * 4)],
      path: `/${next() < 0.5 ? 'api' : 'static'}/${word()}`,
      status,
      latency_ms: latency,
      user: { id: Math.floor(next() * 100_000), name: word() },
    });
  },
};

const file = createWriteStream(path);
let written = 0;
while (written < bytes) {
  let block = '';
  while (block.length < MEGABYTE) block += `${lines[kind]()}\n`;
  written += block.length;
  if (!file.write(block)) await once(file, 'drain');
}
file.end();
await once(file, 'finish');
