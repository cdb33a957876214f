import { expect, test } from 'vitest';
import { leat, start } from './harness.ts';

test('a check that fails ends a live run with 1 and shows the records', async () => {
  const run = start(['--batch', '20ms', 'json | assert(.ms < 1000, message: "too slow") | map(.ms)']);
  run.input('{"ms":12}\n', true);
  await run.said(/12/);
  run.input('{"ms":1200,"path":"/a"}\n', true);
  const { code, stdout, stderr } = await run.ended;
  expect(code).toBe(1);
  expect(stdout).toBe('12\n1200\n');
  expect(stderr).toContain('{"ms":1200,"path":"/a"}\nleat: too slow: 1 of 1 record of a batch\n');
});

test('a check that holds ends with 0', async () => {
  const { code, stdout } = await leat(
    ['--once', 'json | aggregate({p99: p99(.ms)}) | assert(.p99 < 1000)'],
    '{"ms":12}\n',
  );
  expect(stdout).toBe('{"p99":12}\n');
  expect(code).toBe(0);
});
