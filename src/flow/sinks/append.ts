import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { BadRecord, RunFailure } from '../../base/problem.ts';
import { text } from '../define/parameters.ts';
import { defineSink } from '../define/sink.ts';
import { makeDirectory } from '../output/directory.ts';
import { formatParameter } from '../output/format-parameter.ts';
import { formatOfName, type Target, TargetSink } from '../output/target.ts';
import { RowReader } from '../parsing/row.ts';

/** The most that is read of a file to find its header, bytes. */
const HEADER_SIZE = 64 * 1024;

/**
 * The columns of a csv or tsv file that has its header already; undefined if it is not there or empty. Read before anything is
 * written, since the columns decide how the first record looks.
 *
 * @throws RunFailure if it does not begin with a header; an error of the system if it cannot be read.
 */
function headerOf(path: string, separator: string): readonly string[] | undefined {
  const file = statSync(path, { throwIfNoEntry: false });
  if (file === undefined || !file.isFile() || file.size === 0) return undefined;
  const reader = new RowReader(separator);
  try {
    for (const line of startOf(path).split(/\r?\n/)) {
      const names = reader.read(line);
      if (names !== undefined) return names.map((name) => name ?? '');
    }
  } catch (problem) {
    if (!(problem instanceof BadRecord)) throw problem;
  }
  throw new RunFailure('sink-header', 4, `cannot append to ${path}: its first line is no header`, 'move the file away');
}

function startOf(path: string): string {
  const bytes = Buffer.alloc(HEADER_SIZE);
  const file = openSync(path, 'r');
  try {
    return bytes.toString('utf8', 0, readSync(file, bytes, 0, HEADER_SIZE, 0)).replace(/^\ufeff/, '');
  } finally {
    closeSync(file);
  }
}

async function openFile(path: string): Promise<Target> {
  await makeDirectory(dirname(path));
  const file = await open(path, 'a');
  const { size } = await file.stat();
  // Whoever wrote half a line and died must not take our first record with it.
  if (size > 0 && (await byteAt(path, size - 1)) !== NEWLINE) await file.writeFile('\n');
  return {
    write: (bytes) => file.writeFile(bytes),
    close: () => file.close(),
    abandon: () => file.close().catch(() => {}),
  };
}

const NEWLINE = 10;

/** One byte of a file; a newline where the file may be written and not read. */
async function byteAt(path: string, offset: number): Promise<number> {
  try {
    const file = await open(path, 'r');
    const { buffer } = await file.read(Buffer.alloc(1), 0, 1, offset).finally(() => file.close());
    return buffer[0]!;
  } catch {
    return NEWLINE;
  }
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
  create({ file, format }, context) {
    const look = format ?? formatOfName(file);
    let columns: readonly string[] | undefined;
    let problem: unknown;
    try {
      if (look === 'csv' || look === 'tsv') columns = headerOf(file, look === 'csv' ? ',' : '\t');
    } catch (error) {
      problem = error;
    }
    return new TargetSink({
      name: file,
      open: () => (problem === undefined ? openFile(file) : Promise.reject(problem)),
      per: 'run',
      format: look,
      columns,
      context,
    });
  },
});
