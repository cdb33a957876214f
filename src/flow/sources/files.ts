import { stat } from 'node:fs/promises';
import { RunFailure } from '../../base/problem.ts';
import { defineSource } from '../define.ts';
import { text } from '../parameters.ts';
import { sourceFailure } from './fault.ts';
import { type PlainFile, readPart } from './parts.ts';
import { filesOf, pathPattern } from './paths.ts';
import { isPlainLines, openFramer, textParameters, textType } from './text.ts';
import { readWhole } from './whole.ts';

/** The files that the arguments name, each once: by argument, then by name. Rejects with exit 3 where there is none. */
async function namedFiles(paths: readonly string[]): Promise<string[]> {
  const named = new Set<string>();
  for (const path of paths) {
    const pattern = pathPattern(path);
    const found = await filesOf(pattern).catch((error: unknown) => {
      throw sourceFailure('cannot-read', `cannot look for ${path}`, error);
    });
    if (found.length === 0) {
      const what = pattern.isGlob ? `no file matches ${path}` : `${path} does not exist`;
      throw new RunFailure('no-such-file', 3, what, 'to wait for files that come later, use `watch` or `tail`');
    }
    for (const file of found) {
      await refuseDirectory(file);
      named.add(file);
    }
  }
  return [...named];
}

async function plainFile(path: string): Promise<PlainFile> {
  const { size } = await stat(path).catch((error: unknown) => {
    throw sourceFailure('cannot-read', `cannot read ${path}`, error);
  });
  return { name: path, file: path, start: 0, end: size };
}

async function refuseDirectory(path: string): Promise<void> {
  const found = await stat(path).catch((error: unknown) => {
    throw sourceFailure('cannot-read', `cannot read ${path}`, error);
  });
  if (!found.isDirectory()) return;
  const inside = `${path.replace(/\/+$/, '')}/*`;
  throw new RunFailure(
    'is-directory',
    3,
    `${path} is a directory`,
    `\`files("${inside}")\` reads the files in it, \`watch("${path}")\` those that come`,
  );
}

/** Tells how much there is to read, where it is what will be delivered: a packed file says nothing of that. */
async function announceSize(paths: readonly string[], expect: (bytes: number) => void): Promise<void> {
  if (paths.some((path) => path.endsWith('.gz'))) return;
  const sizes = await Promise.all(
    paths.map((path) =>
      stat(path).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  expect(sizes.reduce((sum, size) => sum + size, 0));
}

export const files = defineSource({
  name: 'files',
  summary: 'The lines of files, read once, as one batch',
  synonyms: ['cat'],
  docs:
    'Paths, or globs with `*`, `?`, `**`, `[…]` and `{a,b}`, each in order of name; a file that is named twice is read once. Names ' +
    'that end in `.gz` are unpacked. Bounded: it ends with the last file, and all of it is one batch. A path that does not exist, or ' +
    'a glob that nothing matches, ends the run with exit 3.',
  examples: [
    { program: 'files("*.txt") | count', files: { 'a.txt': 'to be\n', 'b.txt': 'or not\nto be' }, out: '3' },
    {
      program: 'files("b.log", "a.log", tag: true) | map([_.source, _.line])',
      files: { 'a.log': 'first\n', 'b.log': 'second\n' },
      out: 'b.log\tsecond\na.log\tfirst',
    },
  ],
  parameters: { paths: text('a path or a glob').many(), ...textParameters },
  gives: textType,
  origins: 'file',
  behaviour: () => ({
    kind: 'bounded',
    open: ({ paths, ...args }, context) => ({
      inParts: {
        async files() {
          if (!isPlainLines(args)) return undefined;
          const named = await namedFiles(paths);
          if (named.some((path) => path.endsWith('.gz'))) return undefined;
          return Promise.all(named.map(plainFile));
        },
        async read(part, origin, between) {
          const framer = openFramer(args, origin, context);
          await readPart(part, framer, between, context.signal).catch((error: unknown) => {
            throw sourceFailure('cannot-read', `cannot read ${part.name}`, error);
          });
        },
      },
      async run() {
        const named = await namedFiles(paths);
        if (context.expect !== undefined) await announceSize(named, context.expect);
        for (const path of named) {
          if (context.signal.aborted) return;
          await readWhole(path, args, context).catch((error: unknown) => {
            throw sourceFailure('cannot-read', `cannot read ${path}`, error);
          });
        }
      },
    }),
  }),
  spark: { template: 'spark.read.textFile($paths)' },
});
