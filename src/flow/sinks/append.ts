import { BadRecord, RunFailure } from '../../base/problem.ts';
import type { FileSystem } from '../define/file-system.ts';
import { text } from '../define/parameters.ts';
import { defineSink } from '../define/sink.ts';
import { AppendedFile } from '../output/appended-file.ts';
import { formatParameter } from '../output/format-parameter.ts';
import { formatOfName, TargetSink, targetsOf } from '../output/target.ts';
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
    const start = files
      .read(path, 0, HEADER_SIZE)
      .toString()
      .replace(/^\ufeff/, '');
    for (const line of start.split(/\r?\n/)) {
      const names = reader.read(line);
      if (names !== undefined) return names.map((name) => name ?? '');
    }
  } catch (problem) {
    if (!(problem instanceof BadRecord)) throw problem;
  }
  throw new RunFailure('sink-header', 4, `cannot append to ${path}: its first line is no header`, 'move the file away');
}

export const append = defineSink({
  name: 'append',
  summary: 'Adds the records of each batch to the end of a file',
  synonyms: ['write'],
  docs:
    'The file is opened when the run starts; it and its directories are made where they are missing. What a batch gives is handed to the system as ' +
    'soon as the batch is whole. What is written is text, unless the name ends in json, jsonl, ndjson, csv or tsv or `format:` says otherwise. A csv or tsv ' +
    'file that has a header keeps it, and its columns are the ones that are written. Several programs may append to one file.',
  examples: [
    { program: 'append("letters.txt")', in: 'a\nb', out: '', writes: { 'letters.txt': 'a\nb\n' } },
    {
      program: 'words | countByValue | append("counts.csv")',
      in: 'a b a',
      out: '',
      writes: { 'counts.csv': 'key,value\na,2\nb,1\n' },
    },
  ],
  parameters: { file: text('the file'), format: formatParameter('text unless the name says json, csv or tsv') },
  faster: { lines: ({ file, format }) => (format ?? formatOfName(file)) === 'text' },
  promise: 'exact',
  create({ file, format }, context, from) {
    const { files, intents } = context;
    const look = format ?? formatOfName(file);
    let columns: readonly string[] | undefined;
    let problem: unknown;
    try {
      // Where it goes back, the mark has them, and the header that is there may be taken back.
      if (from === undefined && (look === 'csv' || look === 'tsv'))
        columns = headerOf(files, file, look === 'csv' ? ',' : '\t');
    } catch (error) {
      problem = error;
    }
    let opened: AppendedFile | undefined;
    return new TargetSink({
      name: file,
      async open() {
        if (problem !== undefined) throw problem;
        opened = await AppendedFile.open({ files, path: file, intents, from: targetsOf(from) });
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
