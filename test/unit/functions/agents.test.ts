import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { agentFunctions } from '../../../src/flow/functions/agents.ts';

const [{ call }] = agentFunctions as [(typeof agentFunctions)[number]];

test('a text of any length is read as far as a thousand characters', () => {
  const long = 'x'.repeat(5_000_000);
  expect(call(`curl/8.5.0 ${long}`)).toMatchObject({ browser: 'curl', version: '8.5.0' });
  expect(call(`${' '.repeat(1000)}Googlebot/2.1`)).toMatchObject({ browser: null, device: null });
});

test('what is read again gives the same, however much was read between', () => {
  const first = call('Googlebot/2.1');
  for (let i = 0; i < 3000; i++)
    expect(call(`agent${i}/1.${i}`)).toMatchObject({ browser: `agent${i}`, version: `1.${i}` });
  expect(call('Googlebot/2.1')).toEqual(first);
});

test('lines that a text was cut from are not kept with it', () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const used = () => {
    collect();
    return process.memoryUsage().heapUsed;
  };
  const before = used();
  for (let i = 0; i < 100; i++) {
    const line = Buffer.from(`an agent of some length ${i}|${'x'.repeat(1_000_000)}`).toString();
    call(line.slice(0, line.indexOf('|')));
  }
  expect(used() - before).toBeLessThan(20_000_000);
});

test('names that mean something in JavaScript are names', () => {
  for (const name of ['__proto__', 'constructor', 'toString']) {
    expect(call(`${name}/1`)).toEqual({ browser: name, version: '1', os: null, osVersion: null, device: null });
  }
});
