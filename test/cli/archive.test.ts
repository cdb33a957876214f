import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { shell, temporaryFolder } from './harness.ts';

test('the same program over the archive of its input gives the same answer', async () => {
  const folder = temporaryFolder();
  const lines = Array.from({ length: 3000 }, (_, n) => `${JSON.stringify({ k: n % 7, n })}\n`);
  writeFileSync(join(folder, 'in'), lines.join(''));
  for (const ending of ['log.gz', 'log.zst', 'log']) {
    const program = 'json | countBy(.k)';
    const { stdout, stderr } = await shell(
      `cd '${folder}'; leat 'append("raw.${ending}", rotate: 10kb) | ${program}' < in > live; ` +
        `leat 'files("raw-*.${ending}") | ${program}' > again; leat 'files("raw-*.${ending}")' > lines; ` +
        `cmp in lines && cmp live again && wc -l < live && ls raw-*.${ending} | wc -l`,
    );
    expect(stderr).toBe('');
    // 50 kB of text: a file ends with the record that fills its 10 kB.
    expect(stdout.trim().split(/\s+/)).toEqual(['7', '5']);
  }
});

test('a rotation that is neither a time nor a size is told', async () => {
  for (const wrong of ['5', '"1h"', '0s']) {
    const { code, stderr } = await shell(`leat 'append("raw.log", rotate: ${wrong})' < /dev/null`);
    expect(code).toBe(2);
    expect(stderr).toContain('a duration or a size such as `1h` or `100mb`');
  }
});
