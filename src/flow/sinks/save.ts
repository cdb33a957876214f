import { normalize } from 'node:path';
import { RunFailure } from '../../base/problem.ts';
import { retry } from '../connections/retrying.ts';
import type { PrintFormat, SinkContext } from '../define/context.ts';
import { filePath, flag, lambda, text } from '../define/parameters.ts';
import { defineSink } from '../define/sink.ts';
import type { Span } from '../define/span.ts';
import { hdfsPrefixFault, savedInHdfs } from '../hdfs/saved.ts';
import { formatParameter } from '../output/format-parameter.ts';
import { KeyedSink } from '../output/keyed-sink.ts';
import { mostFiles } from '../output/most-files.ts';
import { PartedSink, PartFile } from '../output/parted-sink.ts';
import { SavedByName } from '../output/saved-by-name.ts';
import { type Saved, SavedFiles } from '../output/saved-files.ts';
import { formatOfName, TargetSink, targetsOf } from '../output/target.ts';
import { type PackedAs, packedAs, packedNameFault } from '../packings/pack.ts';
import { writingFault } from '../parquet/library.ts';
import { isParquet } from '../parquet/names.ts';
import { ParquetSink } from '../parquet/parquet-sink.ts';
import { s3Fault } from '../s3/address.ts';
import { inS3, isS3, type S3Place, s3Parameters } from '../s3/parameters.ts';
import { savedInS3 } from '../s3/saved.ts';

/** Whether files are to stand elsewhere than on this machine. */
const isAddress = (prefix: string) => /^[a-z][a-z\d+.-]+:\/\//i.test(prefix);

/** How many digits the number of a part has at least, so that their names sort as they follow each other. */
const DIGITS = 5;

/** What stands before and behind the time in the names of the files. */
function partsOfName({ prefix, suffix = '' }: { readonly prefix: string; readonly suffix: string | undefined }) {
  return {
    start: prefix === '' || /[/-]$/.test(prefix) ? prefix : `${prefix}-`,
    ending: suffix === '' ? '' : `.${suffix.replace(/^\./, '')}`,
  };
}

/** What is wrong with how the names end. */
function suffixFault(suffix: string): ReturnType<typeof packedNameFault> {
  return isParquet(`.${suffix}`) ? writingFault(suffix.length) : packedNameFault(`.${suffix}`);
}

/** Whether the files are of Parquet, which is no text. */
function isBinary({ suffix, format }: { readonly suffix: string | undefined; readonly format: unknown }): boolean {
  return format === undefined && isParquet(`.${suffix ?? ''}`);
}

interface WhatSaved extends S3Place {
  readonly prefix: string;
  readonly suffix: string | undefined;
  readonly format: PrintFormat | undefined;
  readonly empty: boolean;
  readonly user: string | undefined;
  readonly retry: number;
}

/** Files of which several are one batch. */
function partedFiles(
  { prefix, suffix, format, empty, user, retry: within, ...place }: WhatSaved,
  context: SinkContext,
) {
  const { start, ending } = partsOfName({ prefix, suffix });
  return {
    name: `${start}TIME-PART${ending}`,
    saved: savedAt(start, { user, within, packed: packedAs(ending), ...place }, context),
    nameOf: (span: Span, part: number) => `${start}${span.end}-${String(part).padStart(DIGITS, '0')}${ending}`,
    format: format ?? formatOfName(ending),
    empty,
    context,
  };
}

interface HowSaved extends S3Place {
  readonly user: string | undefined;
  readonly within: number;
  readonly packed: PackedAs | undefined;
}

function savedAt(prefix: string, { user, ...how }: HowSaved, context: SinkContext): Saved {
  const { files, intents } = context;
  const note = (message: string) => context.note(message);
  if (!isAddress(prefix)) return new SavedFiles({ files, prefix, packed: how.packed, intents });
  if (isS3(prefix)) return savedInS3({ prefix, ...how, intents, note });
  return savedInHdfs({ prefix, user, ...how, intents, note });
}

export const save = defineSink({
  name: 'save',
  summary: 'Writes each batch to a file of its own, named by its time',
  synonyms: ['write'],
  docs: [
    'The file of a batch is `prefix-TIME.suffix`, TIME being the end of the batch or window in ms since the epoch: `save("out/hits", "json")`',
    'gives `out/hits-1357008430000.json`; a prefix that ends in `/` gives the time alone, and one that ends in `-` gets no second one. Directories that are missing are made.',
    'A file is written under another name and renamed when it is whole, and it replaces one of the same name. What a run that was killed has left of a file is removed by the next one with the same prefix.',
    'With `by:` there is a file for each value that it gives of the records of a batch, `prefix-VALUE-TIME.suffix`, in whose name what may mean something to a file system is written as `%2F`.',
    'With `parts: true` a batch may be several files, `prefix-TIME-00000.suffix` and on: on a cluster each task writes one of its own, and none has a name before all are whole. Without a cluster there is one.',
    'Two of them with the same prefix and suffix are a mistake of the program. An empty batch has no file unless `empty: true`. What is written is text, unless the suffix is json, csv or tsv or `format:` says otherwise; one that ends in gz or zst is packed: `save("out/hits", "json.gz")`.',
    'With the suffix parquet the files are of Parquet: fields are columns, whose types are those of the values (integers of 64 bits, doubles, truth values, texts; lists and objects are JSON) and become wider from batch to batch where they have to; what does not fit the columns of a file any more, behind its first 100,000 rows, is a bad record.',
    '`save("hdfs://namenode:9870/logs/hits", "json")` writes to HDFS, over HTTP (WebHDFS) and by the same rules: `webhdfs://` means the same, `swebhdfs://` encrypts. `user:` is the name that HDFS is told, which it believes unless it asks for Kerberos, which is not spoken here. What fails as a node is away is tried again for `retry:`, and what reads waits. A file of more than 32 MB is sent in parts, which are joined there.',
    '`save("s3://bucket/hits", "json")` puts objects into S3 (`region:`, and `endpoint:` of stores that are not Amazon’s), with the credentials of the environment or the profile, as the tools of AWS find them. An object is there whole or not at all.',
    'Spark makes a directory of part files a batch, also of empty ones.',
  ].join(' '),
  examples: [
    {
      program: 'queue(["a", "b"]) | save("out/letters", "txt")',
      out: '',
      writes: { 'out/letters-1000.txt': 'a\nb\n' },
    },
    {
      program: 'queue([{c: "DE", n: 1}, {c: "F/R", n: 2}]) | save("out/", "json", by: .c)',
      out: '',
      writes: { 'out/DE-1000.json': '{"c":"DE","n":1}\n', 'out/F%2FR-1000.json': '{"c":"F/R","n":2}\n' },
    },
  ],
  parameters: {
    prefix: filePath('where the files stand, and how their names begin', {
      elsewhere: [{ schemes: ['hdfs', 'webhdfs', 'swebhdfs'], only: ['user', 'retry'] }, inS3('retry')],
    }).checked((prefix) => (isS3(prefix) ? s3Fault(prefix) : isAddress(prefix) ? hdfsPrefixFault(prefix) : undefined)),
    suffix: text('how their names end, without the point').checked(suffixFault).optional(),
    format: formatParameter('text unless the suffix says json, csv or tsv'),
    empty: flag('whether an empty batch has a file too'),
    by: lambda('a file for each value of it', (input) => [input], { named: true }).optional(),
    parts: flag('whether a batch may be several files, which tasks of a cluster write'),
    files: mostFiles,
    user: text('the name that HDFS is told', { named: true, apart: true }).optional(),
    ...s3Parameters,
    retry,
  },
  claims(args) {
    const { start, ending } = partsOfName(args);
    return normalize(`${start}${args.by === undefined ? '' : 'VALUE-'}TIME${args.parts ? '-PART' : ''}${ending}`);
  },
  faster: {
    lines: ({ format, by, ...name }) =>
      by === undefined &&
      !isBinary({ format, suffix: name.suffix }) &&
      (format ?? formatOfName(partsOfName(name).ending)) === 'text',
  },
  promise: 'exact',
  parts: {
    wanted: ({ parts, by, format, suffix }) => parts && by === undefined && !isBinary({ format, suffix }),
    write: (args, context, number) => new PartFile(partedFiles(args, context), number),
  },
  create(args, context, from) {
    const { prefix, suffix, format, empty, by, parts, files: most, user, retry: within, ...place } = args;
    if (parts) {
      const isText = by === undefined && !isBinary({ format, suffix });
      if (!isText)
        context.fail(
          new RunFailure(
            'save-parts',
            2,
            'save with `parts:` writes no Parquet, and goes without `by:`',
            'leave `parts:` out',
          ),
        );
      return new PartedSink(partedFiles(args, context), from);
    }
    const { start, ending } = partsOfName({ prefix, suffix });
    const saved = savedAt(start, { user, within, packed: packedAs(ending), ...place }, context);
    const targets = targetsOf(from);
    const nameOf = (span: Span) => `${start}${span.end}${ending}`;
    if (isBinary({ suffix, format })) {
      if (by !== undefined)
        context.fail(new RunFailure('parquet-by', 2, 'save with `by:` writes no Parquet', 'one `save` for each value'));
      return new ParquetSink({ name: `${start}TIME${ending}`, saved, nameOf, empty, from, context });
    }
    if (by !== undefined) {
      return new KeyedSink({
        name: `${start}VALUE-TIME${ending}`,
        by: by.call,
        targets: new SavedByName(saved, (name, span) => `${start}${name}-${span.end}${ending}`, targets),
        per: 'batch',
        format: format ?? formatOfName(ending),
        most,
        from: from?.mark,
        context,
      });
    }
    return new TargetSink({
      name: `${start}TIME${ending}`,
      begin: () => saved.begin(),
      ...(targets === undefined ? {} : { goBack: () => saved.goBack(targets) }),
      open: () => saved.open(nameOf),
      mark: () => saved.mark(),
      per: 'batch',
      format: format ?? formatOfName(ending),
      empty,
      from: from?.mark,
      context,
    });
  },
});
