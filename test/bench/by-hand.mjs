// Job 9 as one would write it in Node without leat: node test/bench/by-hand.mjs FILE
import { createReadStream } from 'node:fs';
import split2 from 'split2';

const shape = /^(?<time>\S+) (?<level>[A-Z]+) \[(?<worker>[^\]]+)\] (?<target>\S+) took=(?<ms>\d+)ms (?<message>.*)$/;
const totals = new Map();
for await (const line of createReadStream(process.argv[2]).pipe(split2())) {
  const parts = shape.exec(line)?.groups;
  if (parts === undefined) continue;
  const rows = [
    [`${parts.level}/${parts.worker}`, [1, Number(parts.ms)]],
    [`${parts.level}@${parts.time.slice(0, 16)}`, [1, parts.message.split(' ').length]],
  ];
  for (const [key, [count, amount]] of rows) {
    const total = totals.get(key);
    totals.set(key, total === undefined ? [count, amount] : [total[0] + count, total[1] + amount]);
  }
}
for (const [key, [count, amount]] of totals) process.stdout.write(`${key}\t${count}\t${amount}\n`);
