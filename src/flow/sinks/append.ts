import { BadRecord, RunFailure } from '../../base/problem.ts';
import { field } from '../../base/value.ts';
import type { FileSystem } from '../define/file-system.ts';
import { durationOrSize, filePath, lambda } from '../define/parameters.ts';
import { defineSink } from '../define/sink.ts';
import { AppendedFile } from '../output/appended-file.ts';
import { AppendedFiles } from '../output/appended-files.ts';
import { pathWith } from '../output/file-names.ts';
import { formatParameter } from '../output/format-parameter.ts';
import { KeyedSink } from '../output/keyed-sink.ts';
import { mostFiles } from '../output/most-files.ts';
import { Rotation } from '../output/rotation.ts';
import { formatOfName, TargetSink, targetsOf } from '../output/target.ts';
import { packedAs, packedNameFault } from '../packings/pack.ts';
import { startOfGzip } from '../packings/start.ts';
import { RowReader } from '../parsing/row.ts';

/** The most that is read of a file to find its header, bytes. */
const HEADER_SIZE = 64 * 1024;

/**
 * The columns of a csv or tsv file that has its header already; undefined if it is not there or empty. Read before anything is
 * written, since the columns decide how the first record looks.
 *
 * @throws RunFailure if it does not begin with a header; an error of the system if it cannot be read.
 */
function headerOf(files: FileSystem, path: string, separator: string): readonly string[] | undefined {
  const status = files.status(path);
  if (status === undefined || !status.isRegular || status.size === 0) return undefined;
  const reader = new RowReader(separator);
  try {
    const first = files.read(path, 0, HEADER_SIZE);
    const start = (packedAs(path) === undefined ? first : startOfGzip(first)).toString();
    for (const line of start.replace(/^\ufeff/, '').split(/\r?\n/)) {
      const names = reader.read(line);
      if (names !== undefined) return names.map((name) => name ?? '');
    }
  } catch (problem) {
    if (!(problem instanceof BadRecord)) throw problem;
  }
  throw new RunFailure('sink-header', 4, `cannot append to ${path}: its first line is no header`, 'move the file away');
}

/** What is wrong with the name of the file. */
function fileFault(file: string): ReturnType<typeof packedNameFault> {
  const look = formatOfName(file);
  return packedAs(file)?.packing === 'zstd' && (look === 'csv' || look === 'tsv')
    ? `its header could not be read again: a ${look} file is added to as it is, or as .gz`
    : packedNameFault(file);
}

export const append = defineSink({
  name: 'append',
  summary: 'Adds the records of each batch to the end of a file',
  synonyms: ['write'],
  docs:
    'The file is opened when the run starts; it and its directories are made where they are missing. What a batch gives is handed to the system as ' +
    'soon as the batch is whole. What is written is text, unless the name ends in json, jsonl, ndjson, csv or tsv or `format:` says otherwise; a name that ends in .gz or .zst is packed (`raw.log.gz`), each batch as a member of its own, so that all of it can be read at any time. A csv or tsv ' +
    'file that has a header keeps it, and its columns are the ones that are written. Several programs may append to one file. With `by:` there is a file for each value that it gives: `append("out.csv", by: .country)` writes to `out-DE.csv`, `append("out/.csv", by: .country)` to ' +
    '`out/DE.csv`; what may mean something to a file system is written as `%2F` in such names. With `rotate:` a file is followed by the next one, after a time or so many bytes of text, before they are packed: `append("raw.log.gz", rotate: 1h)` writes to `raw-20130101T020000Z.log.gz` what comes from two to three in UTC, and with `100mb` the time is that of the batch that begins it, with a number: `raw-20130101T020710Z-000001.log.gz`. Their names stand in the order of their records, so `files("raw-*.log.gz")` reads the archive as it came.',
  examples: [
    { program: 'append("letters.txt")', in: 'a\nb', out: '', writes: { 'letters.txt': 'a\nb\n' } },
    {
      program: 'words | countByValue | append("counts.csv")',
      in: 'a b a',
      out: '',
      writes: { 'counts.csv': 'key,value\na,2\nb,1\n' },
    },
    {
      program: 'json | append("log.jsonl", by: .level)',
      in: '{"level":"error","n":1}\n{"level":"info","n":2}\n{"level":"error","n":3}',
      out: '',
      writes: {
        'log-error.jsonl': '{"level":"error","n":1}\n{"level":"error","n":3}\n',
        'log-info.jsonl': '{"level":"info","n":2}\n',
      },
    },
    {
      program: 'queue(["a", "b"], ["c"]) | append("raw.log", rotate: 1s) | count | print',
      out: '2\n1',
      writes: { 'raw-19700101T000000Z.log': 'a\nb\n', 'raw-19700101T000001Z.log': 'c\n' },
    },
  ],
  parameters: {
    file: filePath('the file').checked(fileFault),
    format: formatParameter('text unless the name says json, csv or tsv'),
    by: lambda('a file for each value of it', (input) => [input], { named: true }).optional(),
    rotate: durationOrSize('when the next file is begun: after a time in UTC, or so many bytes of text', {
      named: true,
    }).optional(),
    files: mostFiles,
  },
  faster: {
    lines: ({ file, format, by, rotate }) =>
      by === undefined && rotate === undefined && (format ?? formatOfName(file)) === 'text',
  },
  promise: 'exact',
  create({ file, format, by, rotate, files: most }, context, from) {
    const { files, intents } = context;
    const packed = packedAs(file);
    const look = format ?? formatOfName(file);
    const separator = look === 'csv' ? ',' : look === 'tsv' ? '\t' : undefined;
    const columnsOf = (path: string) => (separator === undefined ? undefined : headerOf(files, path, separator));
    if (by !== undefined || rotate !== undefined) {
      const pathOf = (name: string) => pathWith(file, name);
      const names = [by === undefined ? [] : 'VALUE', rotate === undefined ? [] : 'TIME'].flat();
      const rotation = rotate && new Rotation(rotate, field(from?.mark ?? null, 'rotation') ?? undefined);
      return new KeyedSink({
        name: pathOf(names.join('-')),
        by: by?.call,
        rotation,
        targets: new AppendedFiles({
          files,
          pathOf,
          packed,
          columnsOf,
          current: rotation?.current,
          intents,
          from: targetsOf(from),
        }),
        per: 'run',
        format: look,
        most,
        from: from?.mark,
        context,
      });
    }
    let columns: readonly string[] | undefined;
    let problem: unknown;
    try {
      // Where it goes back, the mark has them, and the header that is there may be taken back.
      if (from === undefined) columns = columnsOf(file);
    } catch (error) {
      problem = error;
    }
    let opened: AppendedFile | undefined;
    return new TargetSink({
      name: file,
      async open() {
        if (problem !== undefined) throw problem;
        opened = await AppendedFile.open({ files, path: file, packed, intents, from: targetsOf(from) });
        return opened;
      },
      mark: () => opened!.mark(),
      per: 'run',
      format: look,
      columns,
      from: from?.mark,
      context,
    });
  },
});
