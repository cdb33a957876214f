import { expect, test } from 'vitest';
import type { Clock } from '../../../src/base/clock.ts';
import { STRING } from '../../../src/base/type.ts';
import { aggregates, functions, sinks, stages } from '../../../src/flow/catalog.ts';
import type { Output } from '../../../src/flow/define/context.ts';
import { defineSource } from '../../../src/flow/define/source.ts';
import { WordList } from '../../../src/flow/define/word-list.ts';
import { TextOutput } from '../../../src/flow/output/stdout.ts';
import { compileProgram } from '../../../src/query/compile.ts';
import { createScope } from '../../../src/query/plan/expression/scope.ts';
import { LocalRun } from '../../../src/run/local/local-run.ts';

/** An output that takes nothing more until it is opened. */
class ShutOutput implements Output {
  private readonly inner = new TextOutput();
  private shut: Promise<void> | undefined;
  open = () => {};

  constructor() {
    this.shut = new Promise((resolve) => {
      this.open = () => {
        this.shut = undefined;
        resolve();
      };
    });
  }

  get text(): string {
    return this.inner.text;
  }

  write(piece: string | Uint8Array): void {
    this.inner.write(piece);
  }

  blocked(): Promise<void> | undefined {
    return this.shut;
  }

  flush(): Promise<void> {
    return Promise.resolve();
  }
}

/** A clock that stands still. */
const still: Clock = { now: () => 0, at: () => () => {} };

test('a source may use its buffer again while what it delivered waits for a slow sink', async () => {
  const stdout = new ShutOutput();
  const given = defineSource({
    name: 'given',
    summary: 'Lines of a test',
    docs: '',
    examples: [],
    parameters: {},
    gives: () => STRING,
    behaviour: () => ({
      kind: 'live',
      open: (_args, context) => ({
        async run() {
          const origin = context.origin('given');
          const buffer = Buffer.alloc(4);
          for (const text of ['one\n', 'two\n', 'six\n']) {
            buffer.write(text);
            void context.deliver({ kind: 'text', origin, bytes: buffer });
          }
          buffer.write('bad\n');
          stdout.open();
        },
      }),
    }),
  });
  const plan = compileProgram('given', {
    words: { sources: new WordList({ [given.name]: given }), stages, aggregates, sinks },
    expressions: createScope({ functions, imports: new Map(), now: () => 0 }),
    interval: 1000,
  });
  const run = new LocalRun(
    plan,
    {
      interval: 1000,
      once: false,
      clock: still,
      stdin: 'stream',
      stdout,
      format: 'text',
      color: false,
      stateMax: 2 ** 31,
      kernels: true,
      tell: () => {},
      trace: () => {},
    },
    { time: 0 },
  );
  await run.run();
  expect(stdout.text).toBe('one\ntwo\nsix\n');
});
