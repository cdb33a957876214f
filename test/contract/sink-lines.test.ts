/** Sinks that take lines as bytes, each with real files, sockets and processes: what they write is what they write of the records. */
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { sinks } from '../../src/flow/catalog.ts';
import type { Sink, SinkDefinition } from '../../src/flow/define/sink.ts';
import { FileOutput } from '../../src/flow/output/stdout.ts';
import { append } from '../../src/flow/sinks/append.ts';
import { exec } from '../../src/flow/sinks/exec.ts';
import { none } from '../../src/flow/sinks/none.ts';
import { print } from '../../src/flow/sinks/print.ts';
import { save } from '../../src/flow/sinks/save.ts';
import { send } from '../../src/flow/sinks/send.ts';
import { unix } from '../../src/flow/sinks/unix.ts';
import { temporaryDirectory } from '../support/directory.ts';
import { batch, openSink, sinkContext } from '../support/sink.ts';

interface Subject {
  readonly definition: SinkDefinition;
  /** Its arguments, and what was written once it has finished. */
  readonly open: () => Promise<{ args: { readonly [name: string]: unknown }; written: () => Promise<string> }>;
}

const subjects: readonly Subject[] = [
  { definition: append, open: () => toFile((path) => ({ file: path })) },
  { definition: exec, open: () => toFile((path) => ({ command: `cat > '${path}'` })) },
  { definition: save, open: () => toFile((path) => ({ prefix: path }), '-1000') },
  { definition: send, open: () => toSocket(({ port }) => ({ host: '127.0.0.1', port })) },
  { definition: unix, open: () => toSocket(({ path }) => ({ path }), join(temporaryDirectory(), 'leat.sock')) },
];

async function toFile(argsOf: (path: string) => { readonly [name: string]: unknown }, ending = '') {
  const path = join(temporaryDirectory(), 'out');
  return { args: argsOf(path), written: async () => readFileSync(`${path}${ending}`, 'utf8') };
}

/** A server of one connection. */
async function toSocket(
  argsOf: (at: { port: number; path: string }) => { readonly [name: string]: unknown },
  path?: string,
) {
  const server = createServer();
  onTestFinished(() => void server.close());
  const text = new Promise<string>((resolve) => {
    server.on('connection', (socket) => {
      const pieces: Buffer[] = [];
      socket.on('data', (piece) => pieces.push(piece));
      socket.on('end', () => resolve(Buffer.concat(pieces).toString()));
    });
  });
  await new Promise<void>((resolve) => server.listen(path ?? { port: 0, host: '127.0.0.1' }, resolve));
  const port = path === undefined ? (server.address() as { port: number }).port : 0;
  return { args: argsOf({ port, path: path ?? '' }), written: () => text };
}

const MANY = Array.from({ length: 40_000 }, (_, i) => `${i} ünïcödé`);
/** Lines as they come, and what is written of them. A last one may have no end; a return that ends no line is a part of one. */
const STRETCHES: readonly (readonly [lines: string, records: readonly string[]])[] = [
  ['a\nb\r\n\n', ['a', 'b', '']],
  ['c\rd', ['c\rd']],
  [`${MANY.join('\n')}\n`, MANY],
  ['e\r', ['e\r']],
];
function expectedText(): string {
  return STRETCHES.map(([, records]) => [...records, 'by itself'].map((record) => `${record}\n`).join('')).join('');
}

test('print writes of lines what it writes of the records in them', async () => {
  const { context, reports } = sinkContext();
  const path = join(temporaryDirectory(), 'out');
  const fd = openSync(path, 'w');
  onTestFinished(() => closeSync(fd));
  const stdout = new FileOutput(fd, { onClosed: () => {}, onFailure: (failure) => context.fail(failure) });
  await give(openSink(print, {}, { ...context, stdout }));
  expect(reports.failures).toEqual([]);
  expect(readFileSync(path, 'utf8')).toBe(expectedText());
});

async function give(sink: Sink): Promise<void> {
  for (const [lines] of STRETCHES) {
    const bytes = Buffer.from(lines);
    sink.lines?.(bytes);
    // They are the caller's again.
    bytes.fill('-');
    sink.push('by itself');
    await sink.blocked();
  }
  sink.close(batch(1));
  await sink.finish();
}

test('each sink of the catalog that takes lines as bytes is here', () => {
  const tested = [...subjects.map(({ definition }) => definition.name), none.name, print.name].sort();
  expect(
    [...sinks]
      .filter(({ faster }) => faster !== undefined)
      .map(({ name }) => name)
      .sort(),
  ).toEqual(tested);
});

test.each(subjects)(
  '$definition.name writes of lines what it writes of the records in them',
  async ({ definition, open }) => {
    const { context, reports } = sinkContext();
    const { args, written } = await open();
    expect(definition.faster!.lines(args as never, 'text')).toBe(true);
    await give(openSink(definition, args, context));
    expect(reports.failures).toEqual([]);
    expect(await written()).toBe(expectedText());
  },
);

test.each([append, exec, save, send, unix])('$name takes records where it writes another look', (definition) => {
  const args = { file: 'out', prefix: 'out', format: 'json' };
  expect(definition.faster!.lines(args as never, 'text')).toBe(false);
});
