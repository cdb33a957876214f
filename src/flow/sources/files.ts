import type { SourceContext } from '../define/context.ts';
import { text } from '../define/parameters.ts';
import { defineSource, type Whole } from '../define/source.ts';
import { type Listed, leaveOut, listFiles } from '../files/listing.ts';
import { readPart } from '../files/parts.ts';
import { readWhole } from '../files/whole.ts';
import { isPlainLines, openFramer, type TextArguments, textParameters, textType } from '../framing/text.ts';
import { sourceFailure } from '../input/fault.ts';

/** The files as origins, which all are known before the first is read. */
function wholesOf(all: readonly Listed[], args: TextArguments, context: SourceContext): readonly Whole[] {
  // A packed file says nothing of how much there is to read.
  if (all.every(({ isPacked, size }) => !isPacked && size !== undefined)) {
    context.expect?.(all.reduce((sum, { size }) => sum + (size ?? 0), 0));
  }
  return all.map(({ path, isNamed }) => {
    const origin = context.origin(path);
    return {
      origin,
      async read(piece) {
        try {
          await readWhole(path, args, context, { origin, piece });
        } catch (error) {
          if (isNamed) throw sourceFailure('cannot-read', `cannot read ${path}`, error);
          leaveOut(path, error, context);
        }
      },
    };
  });
}

export const files = defineSource({
  name: 'files',
  summary: 'The lines of files, read once, as one batch',
  synonyms: ['cat'],
  docs:
    'Paths, or globs with `*`, `?`, `**`, `[…]` and `{a,b}`, each in order of name; a file that is named twice is read once. Files ' +
    'that begin as gzip does are unpacked, whatever their names. Bounded: it ends with the last file, and all of it is one batch. A path that does not exist or cannot be read, and ' +
    'a glob that nothing matches, end the run with exit 3. Of what a glob matches, a file that cannot be read is left out with a note, and so is the rest of one that is damaged.',
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
    open({ paths, ...args }, context) {
      let listed: Promise<readonly Listed[]> | undefined;
      const list = () => {
        listed ??= listFiles(paths, context);
        return listed;
      };
      return {
        inParts: {
          async files() {
            if (!isPlainLines(args)) return undefined;
            const plain = [];
            for (const { path, isPacked, size } of await list()) {
              if (isPacked || size === undefined) return undefined;
              plain.push({ name: path, file: path, start: 0, end: size });
            }
            return plain;
          },
          async read(part, origin, between) {
            const framer = openFramer(args, origin, context);
            await readPart(part, framer, between, context.signal).catch((error: unknown) => {
              throw sourceFailure('cannot-read', `cannot read ${part.name}`, error);
            });
          },
        },
        wholes: async () => wholesOf(await list(), args, context),
        async run() {
          for (const whole of wholesOf(await list(), args, context)) {
            if (context.signal.aborted) return;
            await whole.read();
          }
        },
      };
    },
  }),
});
