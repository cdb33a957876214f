/** A disk that loses nothing of note would prove nothing: each of these faults, a line of a sink each, has to be found on it. */
import { expect, test } from 'vitest';
import { type Fault, moduleWith } from '../support/planted.ts';
import type * as Lives from '../support/sink-lives.ts';

const appended = 'src/flow/output/appended-file.ts';
const saved = 'src/flow/output/saved-files.ts';

const FAULTS: { readonly [what: string]: readonly [subject: string, fault: Fault] } = {
  'nothing is cut': [
    'append',
    { file: appended, line: 'if (size > mark.size) await this.file.cut(mark.size);', planted: '' },
  ],
  'a cut is not synced': [
    'append',
    {
      file: appended,
      line: 'await this.file.cut(mark.size);\n    // What is written next must not meet again what was cut, now or by a run that ended just then.\n    await this.file.sync();',
      planted: 'await this.file.cut(mark.size);',
    },
  ],
  'a mark is given before its bytes are safe': [
    'append',
    {
      file: appended,
      line: 'if (!isRegular) return null;\n    await this.file.sync();',
      planted: 'if (!isRegular) return null;',
    },
  ],
  'a mark is given before the name is safe': [
    'append',
    { file: appended, line: 'await this.names?.sync();', planted: '' },
  ],
  'a mark counts what came behind it': [
    'append',
    {
      file: 'src/flow/output/target.ts',
      line: 'return this.output.behind(async () => ({ at: await mark(), format }));',
      planted: 'await this.output.flush();\n    return { at: await mark(), format };',
    },
  ],
  'bytes are written before their intent is kept': [
    'append',
    {
      file: appended,
      line: 'if (intents !== undefined) await intents.write({ at: this.end, size: bytes.length, sum: sumOf(bytes) });\n    await this.file.write(bytes);',
      planted:
        'await this.file.write(bytes);\n    if (intents !== undefined) await intents.write({ at: this.end, size: bytes.length, sum: sumOf(bytes) });',
    },
  ],
  'the header of a csv file is forgotten': [
    'append, csv',
    {
      file: 'src/flow/formats/separated.ts',
      line: 'const from = options.from as unknown as Mark | null | undefined;',
      planted: 'const from = undefined as Mark | undefined;',
    },
  ],
  'batches are counted from one again': [
    'append, batches',
    { file: 'src/flow/formats/batches.ts', line: '(from as number | undefined) ?? 0', planted: '0' },
  ],
  'named files are not taken back': ['save', { file: saved, line: 'files.remove(intent.name);', planted: '' }],
  'half files are left': [
    'save',
    {
      file: saved,
      line: 'if (files.status(intent.temporary) !== undefined) files.remove(intent.temporary);',
      planted: '',
    },
  ],
  'a file is named before it is safe': [
    'save',
    { file: saved, line: 'if (isSafe) await (await opened()).sync();', planted: '' },
  ],
  'a new file of many is not written down': [
    'append, by',
    {
      file: 'src/flow/output/appended-files.ts',
      line: 'await options.intents.write({ file: this.name, begin: this.mark, columns: columns ?? null });',
      planted: '',
    },
  ],
  'what of many was closed is not synced': [
    'append, by',
    { file: 'src/flow/output/appended-files.ts', line: 'if (file.isChanged) await', planted: 'if (false) await' },
  ],
  'the columns of many are forgotten': [
    'append, csv, by',
    {
      file: 'src/flow/output/appended-files.ts',
      line: 'this.fileOf(name).begun(mark, columns);',
      planted: 'this.fileOf(name).mark = mark;',
    },
  ],
  'names are not synced': ['save', { file: saved, line: 'if (this.isUnsafe) await this.names.sync();', planted: '' }],
};

async function findIn({ atEveryCall, subjects }: typeof Lives, name: string): Promise<unknown> {
  const subject = subjects.find((one) => one.name === name)!;
  for (let seed = 1; seed <= 40; seed++) {
    try {
      await atEveryCall(subject, seed, (endsAt) => [
        { endsAt },
        { endsAt: 1 + ((endsAt * seed) % 12) },
        { endsAt: 1 + ((endsAt * seed) % 37) },
      ]);
    } catch (found) {
      return found;
    }
  }
  return undefined;
}

for (const [what, [subject, fault]] of Object.entries(FAULTS)) {
  test(`the disk finds in ${subject}: ${what}`, { timeout: 120_000 }, async () => {
    expect(await findIn(await moduleWith<typeof Lives>('test/support/sink-lives.ts', fault), subject)).toBeDefined();
  });
}
