import { RunFailure } from '../../base/problem.ts';
import type { Type } from '../../base/type.ts';
import type { SourceContext } from '../define/context.ts';
import { filePath } from '../define/parameters.ts';
import type { Position, Split } from '../define/position.ts';
import { defineSource, type Whole } from '../define/source.ts';
import { DONE, type FileAt, FileProgress, fileIsGone } from '../files/file-progress.ts';
import { fileInWords } from '../files/file-words.ts';
import { type Listed, leaveOut, listFiles } from '../files/listing.ts';
import { readPart } from '../files/parts.ts';
import { firstLineAt, readWhole } from '../files/whole.ts';
import { isPlainLines, openFramer, type TextArguments, textParameters, textType } from '../framing/text.ts';
import { Backlog } from '../input/backlog.ts';
import { sourceFailure } from '../input/fault.ts';
import { withoutParquet } from '../parquet/among-texts.ts';
import { readingFault } from '../parquet/library.ts';
import { isParquet } from '../parquet/names.ts';
import { readParquet } from '../parquet/reading.ts';
import { parquetType, taggedRecord } from '../parquet/record-type.ts';
import { parquetFault, s3Fault } from '../s3/address.ts';
import { readingS3 } from '../s3/objects.ts';
import { inS3, isS3, s3Parameters, waitForStore } from '../s3/parameters.ts';

/** What the position has of a file: how far it was read, or that it was. */
type At = FileAt | typeof DONE;

/** Which files an earlier run has read, and where it was in others. */
class Before {
  readonly done = new Set<string>();
  readonly splits = new Map<string, Split>();

  constructor(from: Position = []) {
    for (const split of from) {
      if ('isDone' in (split.at as At)) this.done.add(split.key);
      else this.splits.set(split.key, split);
    }
  }

  at(path: string): FileAt | undefined {
    return this.splits.get(path)?.at as FileAt | undefined;
  }

  /** Those in which it was come first. @throws RunFailure of exit 3 where one of them is gone. */
  order(listed: readonly Listed[]): readonly Listed[] {
    const begun = [...this.splits.keys()].map((path) => {
      const file = listed.find((other) => other.path === path);
      if (file === undefined) throw fileIsGone(path, this.at(path)!);
      return file;
    });
    return [...begun, ...listed.filter(({ path }) => !this.splits.has(path))];
  }
}

/** The files as origins, which all are known before the first is read. */
async function wholesOf(
  all: readonly Listed[],
  args: TextArguments,
  context: SourceContext,
  before: Before,
): Promise<readonly Whole[]> {
  // A packed file says nothing of how much there is to read.
  if (all.every(({ isPacked, size }) => !isPacked && size !== undefined)) {
    context.expect?.(all.reduce((sum, { path, size }) => sum + (size ?? 0) - (before.at(path)?.offset ?? 0), 0));
  }
  const backlog = new Backlog(context);
  const firstLines = new Map<string, string | undefined>();
  for (const { path, size = 0 } of all) {
    // A file of Parquet is known by all of its bytes, whatever was read of it.
    const begun = isParquet(path) ? 0 : (before.at(path)?.mark.read ?? 0);
    backlog.add(path, () => size - begun);
    const from = before.at(path);
    if (from !== undefined && !isParquet(path)) firstLines.set(path, await firstLineAt(path, from, args));
  }
  return all.map(({ path, isNamed, size = 0 }) => {
    const from = before.at(path);
    const progress = new FileProgress(path, {}, () => DONE);
    const origin = context.origin(path, firstLines.get(path), before.splits.get(path));
    return {
      origin,
      async read(piece) {
        try {
          backlog.add(path, () => progress.left(size));
          if (isParquet(path)) {
            const toRecord = taggedRecord(path, args.tag);
            await readParquet(path, context, { origin, progress, from, toRecord });
          } else {
            await readWhole(path, args, context, { origin, piece, progress, from });
          }
        } catch (error) {
          if (error instanceof RunFailure) throw error;
          if (isNamed) throw sourceFailure('cannot-read', `cannot read ${path}`, error);
          leaveOut(path, error, context);
          await context.deliver({ kind: 'position', origin, behind: [{ key: path, at: DONE }] });
        }
        backlog.remove(path);
      },
    };
  });
}

/** Whether there are files of Parquet among texts. */
const isMixed = (all: readonly Listed[], paths: readonly string[]) =>
  !paths.some(isParquet) && all.some(({ path }) => isParquet(path));

/** What is wrong with a path, because of what reads it. */
function pathFault(path: string): ReturnType<typeof readingFault> | string {
  if (isS3(path)) return s3Fault(path) ?? parquetFault(path);
  return isParquet(path) ? readingFault(path.length) : undefined;
}

function mixedFault(paths: readonly string[]): string | undefined {
  if (paths.some(isParquet) && !paths.every(isParquet))
    return 'files of Parquet give records, and others lines: each kind has a `files` of its own';
  return paths.some(isS3) && !paths.every(isS3)
    ? 'what is in S3 has a `files` of its own: `union(files("s3://…"))`'
    : undefined;
}

function typeOf({ paths, tag }: TextArguments & { readonly paths: readonly string[] }): Type {
  return paths.some(isParquet) ? parquetType({ tag }) : textType({ tag });
}

export const files = defineSource({
  name: 'files',
  summary: 'The lines of files, read once, as one batch',
  synonyms: ['cat'],
  docs:
    'Paths, or globs with `*`, `?`, `**`, `[…]` and `{a,b}`, each in order of name; a file that is named twice is read once. Files ' +
    'that begin as gzip, zstd, xz, bzip2 or lz4 do are unpacked, whatever their names; what begins as a zip archive, a program or an image does is refused with its first bytes. Files whose names end in .parquet (all of them, or none) give their rows as records: `files("part-*.parquet") | countBy(.country)`; integers and decimals keep all digits, dates and times are texts of ISO 8601, a group of rows is held at a time. Bounded: it ends with the last file, and all of it is one batch. A path that does not exist or cannot be read, and ' +
    'a glob that nothing matches, end the run with exit 3. `files("s3://bucket/logs/*.gz")` reads objects of S3 (`region:`, and `endpoint:` of stores that are not Amazon’s), with the credentials of the environment or the profile, as the tools of AWS find them. Of what a glob matches, a file that cannot be read is left out with a note, and so is the rest of one that is damaged.',
  examples: [
    { program: 'files("*.txt") | count', files: { 'a.txt': 'to be\n', 'b.txt': 'or not\nto be' }, out: '3' },
    {
      program: 'files("b.log", "a.log", tag: true) | map([_.source, _.line])',
      files: { 'a.log': 'first\n', 'b.log': 'second\n' },
      out: 'b.log\tsecond\na.log\tfirst',
    },
  ],
  parameters: {
    paths: filePath('a path or a glob', { elsewhere: [inS3('wait')] })
      .checked(pathFault)
      .many(mixedFault),
    ...s3Parameters,
    wait: waitForStore,
    ...textParameters,
  },
  gives: typeOf,
  origins: 'file',
  opensFiles: true,
  splitInWords: fileInWords,
  behaviour: (args) => ({
    kind: 'bounded',
    replayable: true,
    wholes: !args.paths.some(isS3),
    shared: isPlainLines(args) && !args.paths.some((path) => isParquet(path) || isS3(path)),
    open({ paths, ...args }, context, from) {
      if (paths.some(isS3)) return readingS3(paths, { ...args, isBounded: true }, context, from);
      const before = new Before(from);
      let listed: Promise<readonly Listed[]> | undefined;
      const list = () => {
        listed ??= listFiles(paths, context, before.done).then((all) =>
          before.order(isMixed(all, paths) ? withoutParquet(all, context) : all),
        );
        return listed;
      };
      return {
        shared: {
          async files() {
            if (!isPlainLines(args) || from !== undefined || paths.some(isParquet)) return undefined;
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
        wholes: async () => wholesOf(await list(), args, context, before),
        async run() {
          for (const whole of await wholesOf(await list(), args, context, before)) {
            if (context.signal.aborted) return;
            await whole.read();
          }
        },
      };
    },
  }),
});
