import { expect, test } from 'vitest';
import { THREE_LINES } from '../support/packed.ts';
import { shell } from './harness.ts';

test('what is packed is unpacked, and what is no text and cannot be is refused with its first bytes', async () => {
  for (const [packing, bytes] of Object.entries(THREE_LINES)) {
    const given = `printf %s '${bytes.toString('base64')}' | base64 -d`;
    for (const reads of [
      `${given} | leat count`,
      `${given} > a; leat count < a`,
      `${given} > a; leat 'files("a") | count'`,
    ]) {
      expect(await shell(reads)).toMatchObject({ code: 0, stdout: '3\n' });
    }
    const torn = await shell(`${given} | head -c ${bytes.length - 3} > torn; leat 'files("torn") | count'`);
    expect(torn).toMatchObject({ code: 3, stdout: '3\n' });
    expect(torn.stderr).toBe(
      `leat: cannot read torn: its ${packing} data ends too early, after ${bytes.length - 3} bytes\n`,
    );
  }
  const zip = `printf 'PK\\003\\004\\024\\000x\\n' > x.zip`;
  for (const reads of ['leat count < x.zip', 'cat x.zip | leat count', `leat 'files("x.zip") | count'`]) {
    const { code, stderr } = await shell(`${zip}; ${reads}`);
    expect(code).toBe(3);
    expect(stderr).toContain('it is a zip archive (it begins with 50 4b 03 04) and no text: `unzip -p FILE | leat …`');
  }
  const left = await shell(`${zip}; echo a > y; leat 'files("x*", "y") | count'`);
  expect(left).toMatchObject({ code: 0, stdout: '1\n' });
  expect(left.stderr).toContain('leat: left out: cannot read x.zip: it is a zip archive');
});
