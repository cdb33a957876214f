import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { shell, temporaryFolder } from './harness.ts';

const LINES = ['region,2024,2023', ...Array.from({ length: 2000 }, (_, i) => `r${i % 3},${i},${i % 7}`), ''].join('\n');

test('columns that are named by numbers stay where they are through threads, sessions, tables and files', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'a.csv'), LINES);
  writeFileSync(join(folder, 'names.csv'), 'code,7,name,3\nr0,s,zero,t\n');
  writeFileSync(join(folder, 'host.mjs'), 'export const names = (record) => Object.keys(record).join();\n');
  const out = (line: string) => shell(line, folder).then(({ stdout }) => stdout);

  expect(await out(`leat 'csv' --format csv < a.csv`)).toBe(LINES);
  const grouped = `csv | groupBy(.region, {"2": count(), all: set(_["2023"]), "1": max({"9": _["2024"], "8": 0})})`;
  const answer = `{"region":"r0","2":667,"all":[0,3,6,2,5,1,4],"1":{"9":1998,"8":0}}`;
  const [one, three] = await Promise.all([1, 3].map((n) => out(`leat --workers ${n} 'files("a.csv") | ${grouped}'`)));
  expect(one!.split('\n')[0]).toBe(answer);
  expect(three).toBe(one);

  await out(`head -2 a.csv | leat --once --record s.jsonl 'csv | none'`);
  expect(await out(`leat 'replay("s.jsonl") | csv'`)).toBe('{"region":"r0","2024":0,"2023":0}\n');
  await out(`leat --record v.jsonl 'queue([{b: 1, "3": {c: 1, "2": 0}}]) | none'`);
  expect(await out(`leat 'replay("v.jsonl")'`)).toBe('{"b":1,"3":{"c":1,"2":0}}\n');

  const looked = `leat 'queue([{code: "r0", "5": 1}]) | lookup("names.csv", on: .code)'`;
  expect(await out(looked)).toBe('{"code":"r0","5":1,"7":"s","name":"zero","3":"t"}\n');
  // A function of the user's own has an object of JavaScript's, in JavaScript's order.
  expect(await out(`head -2 a.csv | leat --once --import ./host.mjs 'csv | map(names(_))'`)).toBe('2023,2024,region\n');
}, 60_000);
