import { expect, test } from 'vitest';
import { shell } from './harness.ts';

test('the same program over the archive of its input gives the same answer', async () => {
  const input = `for i in $(seq 3000); do echo "{\\"k\\":$((i % 7)),\\"n\\":$i}"; done > in`;
  for (const ending of ['jsonl.gz', 'jsonl.zst', 'jsonl']) {
    const kept = `append("raw.${ending}", rotate: 10kb)`;
    const program = 'json | countBy(.k)';
    const { stdout, code, stderr } = await shell(
      `${input}; leat '${kept} | ${program}' < in > live; leat 'files("raw-*.${ending}") | ${program}' > again; ` +
        `leat 'files("raw-*.${ending}")' > lines; cmp in lines && cmp live again && ls raw-* | wc -l && wc -l < live`,
    );
    expect(stderr).toBe('');
    expect(code).toBe(0);
    // 53 kB of text: a file is ended by the write behind which it has its 10 kB.
    expect(stdout.trim().split(/\s+/)).toEqual([expect.stringMatching(/^[1-9]\d*$/), '7']);
  }
});

test('a rotation that is neither a time nor a size is told', async () => {
  for (const wrong of ['5', '"1h"', '0s']) {
    const { code, stderr } = await shell(`leat 'append("raw.log", rotate: ${wrong})' < /dev/null`);
    expect(code).toBe(2);
    expect(stderr).toContain('a duration or a size such as `1h` or `100mb`');
  }
});
