import { normalize } from 'node:path';
import { RunFailure } from '../../base/problem.ts';
import type { SourceContext } from '../define/context.ts';
import { duration, filePath, flag } from '../define/parameters.ts';
import type { Position } from '../define/position.ts';
import { defineSource, type Source } from '../define/source.ts';
import { dealtFiles, readsGiven } from '../files/arriving.ts';
import { fileInWords } from '../files/file-words.ts';
import { isFile } from '../files/paths.ts';
import { type WatchArguments, Watching } from '../files/watching.ts';
import { textParameters, textType } from '../framing/text.ts';
import { readingFault } from '../parquet/library.ts';
import { isParquet } from '../parquet/names.ts';
import { readParquet } from '../parquet/reading.ts';
import { parquetType, taggedRecord } from '../parquet/record-type.ts';
import { parquetFault, s3Fault } from '../s3/address.ts';
import { readingS3 } from '../s3/objects.ts';
import { inS3, isS3, s3Parameters, waitForStore } from '../s3/parameters.ts';
import { files } from './files.ts';
import { tail } from './tail.ts';

/** A file is no directory that others come into: what is meant is `tail`. */
function following(path: string, args: WatchArguments, context: SourceContext, from?: Position): Source {
  context.note(`${path} is a file, and is followed as by \`tail\``);
  const given = { ...args, path, from: args.existing ? 'start' : 'end' };
  const behaviour = tail.behaviour(given, { stdin: 'file' });
  if (behaviour.kind !== 'live') throw new Error('tail is live');
  return behaviour.open(given, context, from);
}

export const watch = defineSource({
  name: 'watch',
  summary: 'The lines of files that come into a directory, each file once and whole',
  synonyms: ['inotify'],
  docs:
    'A directory, or a glob. A file is read when it has kept its size for `settle`; hidden ones and names like `x.tmp`, `x~`, `x.part` ' +
    'and `x.swp` wait until they are renamed. Several that are new come in order of name; what begins as gzip, zstd, xz, bzip2 or lz4 does is unpacked. Of a glob that ends in .parquet the files give their rows as records, as by `files`. What is ' +
    'new is told by the file itself (its inode), not by its time, so a file that is moved in counts however old it is, and one that is ' +
    'renamed does not count again. A file that is written to or written anew after it was read, or was there at the start and is written to later, is not read (again), which a note says once of each kind: `tail` follows such files. ' +
    'What cannot be read is a note, and is tried again. A directory that does not exist yet is waited for; a file in its place is followed as by `tail`, which a note says. With `--once` it takes what is there and ends. ' +
    '`watch("s3://bucket/logs")` reads the objects of S3 that come, each that has other bytes than the one of its name before, and looks `every: 10s`; see `files`.',
  examples: [
    {
      program: 'watch("incoming") | json | countBy(.level)',
      notRun: 'it waits for files',
      files: { 'incoming/a.json': '{"level":"info"}\n{"level":"error"}\n' },
      out: 'info\t1\nerror\t1',
    },
  ],
  parameters: {
    path: filePath('a directory, or a glob', { elsewhere: [inS3('wait', 'every')] }).checked((path) =>
      isS3(path) ? (s3Fault(path) ?? parquetFault(path)) : isParquet(path) ? readingFault(path.length) : undefined,
    ),
    existing: flag('takes the files that are there at the start as well'),
    recursive: flag('takes those in directories below as well'),
    settle: duration('how long a file must not have grown before it is read', { named: true, apart: true }).or(200),
    every: duration('how long from one look at S3 to the next', { named: true, apart: true }).or(10_000),
    ...s3Parameters,
    wait: waitForStore,
    ...textParameters,
  },
  gives: ({ path, ...args }) => (isParquet(path) ? parquetType(args) : textType(args)),
  origins: 'file',
  opensFiles: true,
  splitInWords: fileInWords,
  behaviour: (args, environment) => {
    const { given } = environment;
    if (given !== undefined) return readsGiven(files, { ...args, paths: given }, environment);
    return {
      kind: 'live',
      replayable: true,
      ...(isS3(args.path) ? {} : { dealt: dealtFiles }),
      open({ path, ...args }, context, from) {
        if (isS3(path)) return readingS3([path], { ...args, isBounded: context.once }, context, from);
        const rows: ConstructorParameters<typeof Watching>[4] = (found, reading) =>
          readParquet(found, context, { ...reading, toRecord: taggedRecord(found, args.tag) });
        if (!isFile(path))
          return new Watching(normalize(path), args, context, from, isParquet(path) ? rows : undefined);
        if (!isParquet(path)) return following(path, args, context, from);
        const help = `\`files("${path}")\` reads it, \`watch("*.parquet")\` those that come`;
        throw new RunFailure('not-a-directory', 3, `${path} is a file of Parquet, which does not grow`, help);
      },
    };
  },
});
