import { STRING } from '../../base/type.ts';
import type { Value } from '../../base/value.ts';
import { sources } from '../../flow/catalog.ts';
import type { SourceContext } from '../../flow/define/context.ts';
import type { Position, Split } from '../../flow/define/position.ts';
import { defineSource, type SourceBehaviour, type SourceDefinition } from '../../flow/define/source.ts';
import type { WordList } from '../../flow/define/word-list.ts';
import type { TextArguments } from '../../flow/framing/text.ts';
import { readInputFile } from '../../flow/sources/stdin.ts';
import type { Spec } from './spec-file.ts';

/** How the lines of a spec are cut out of a file. */
const LINES: TextArguments = { delimiter: '\n', maxLine: Number.POSITIVE_INFINITY, tag: false };

/** A line that is in a batch by its time comes so much before that, ms: what comes at a tick belongs to the next one. */
export const BEFORE = 0.5;

/** The key of the one place that scripted lines come from. */
const KEY = 'input';
/** Its position when nothing more comes. */
export const OVER = 'over';

/** The catalog's sources, with standard input behaving in another way. */
export function withInput(behaviour: (name: string) => SourceBehaviour<object>): WordList<SourceDefinition> {
  const { kind: _kind, behaviour: _behaviour, ...described } = sources.find(({ isDefault }) => isDefault)!;
  return sources.with(defineSource({ ...described, gives: () => STRING, behaviour: () => behaviour(described.name) }));
}

/** The same with queues whose lists are dealt out, see {@link asDealt}. */
export function withDealtQueues(words: WordList<SourceDefinition>): WordList<SourceDefinition> {
  const { kind: _kind, behaviour: _behaviour, ...described } = words.find(({ name }) => name === 'queue')!;
  const behaviour = ({ lists }: { readonly lists?: readonly (readonly Value[])[] }) => asDealt(lists ?? []);
  return words.with(defineSource({ ...described, behaviour }));
}

/** The lines of input that is bounded, where it is. */
export function boundedLines({ input }: Pick<Spec, 'input'>): readonly string[] | undefined {
  return input.find(({ time }) => time === undefined)?.lines;
}

/** The lines of each batch, by the times of the spec. */
export function listsOf({ input, interval }: Pick<Spec, 'input' | 'interval'>): readonly (readonly string[])[] {
  const last = Math.max(0, ...input.map(({ time }) => Math.ceil(time! / interval)));
  return Array.from({ length: last }, (_, batch) =>
    input.filter(({ time }) => Math.ceil(time! / interval) === batch + 1).flatMap(({ lines }) => lines),
  );
}

/** Lists, one a batch. */
export function asLists(lists: readonly (readonly string[])[]): SourceBehaviour<object> {
  const open = () => (index: number) => lists[index] && { values: lists[index] };
  return { kind: 'batches', open };
}

/** The same, each dealt out when somebody else says that its batch has begun. */
export function asDealt(lists: readonly (readonly Value[])[]): SourceBehaviour<object> {
  const until = (_time: number, begun: Split | undefined) => {
    const next = Number(begun?.at ?? 0);
    return { values: lists[next] ?? [], behind: at(next + 1) };
  };
  return {
    kind: 'live',
    replayable: true,
    dealt: () => ({ kind: 'records', until }),
    open() {
      throw new Error('it is dealt out');
    },
  };
}

/** A file, open. @param path what others open it by, where they are to. */
export function asFile(fd: number, path?: string): SourceBehaviour<object> {
  return {
    kind: 'bounded',
    shared: true,
    open(_args, context) {
      const { shared, ...source } = readInputFile(fd, LINES, context);
      if (shared === undefined || path === undefined) return { ...source, ...(shared && { shared }) };
      const files = async () => (await shared.files())?.map((file) => ({ ...file, file: path }));
      return { ...source, shared: { ...shared, files } };
    },
  };
}

/** All of it at once, in pieces of several lines. */
export function asPieces(pieces: readonly (readonly string[])[], name: string): SourceBehaviour<object> {
  return {
    kind: 'bounded',
    replayable: true,
    open: (_args, context, from) => ({
      async run() {
        const taken = Number(from?.[0]?.at ?? 0);
        if (pieces.length === 0) return;
        const origin = context.origin(name, undefined, from?.[0]);
        let read = 0;
        for (const lines of pieces) {
          const rest = lines.slice(Math.max(0, taken - read));
          read += lines.length;
          if (context.signal.aborted) return;
          if (rest.length > 0) await context.deliver({ kind: 'text', origin, bytes: bytesOf(rest), behind: at(read) });
        }
      },
    }),
  };
}

/** A line that comes at a time, ms. */
export interface Arrival {
  readonly time: number;
  readonly line: string;
}

/** Lines that come by the clock, in order; nothing more comes from `end` (ms) on. @param kind whether all of it is one batch. */
export function asTheyCome(
  arrivals: readonly Arrival[],
  end: number,
  name: string,
  kind: 'live' | 'bounded' = 'live',
): SourceBehaviour<object> {
  return {
    kind,
    replayable: true,
    open: (_args, context, from) => ({ run: () => comeBy(arrivals, end, name, context, from) }),
  };
}

async function comeBy(
  arrivals: readonly Arrival[],
  end: number,
  name: string,
  context: SourceContext,
  from: Position = [],
): Promise<void> {
  const [split] = from;
  if (split?.at === OVER) return;
  const origin = context.origin(name, undefined, split);
  let taken = Number(split?.at ?? 0);
  while (!context.signal.aborted) {
    const now = context.clock.now();
    const due = arrivals.slice(taken).filter(({ time }) => time <= now);
    if (due.length > 0) {
      taken += due.length;
      const bytes = bytesOf(due.map(({ line }) => line));
      await context.deliver({ kind: 'text', origin, bytes, behind: at(taken) });
    } else if (now >= end) {
      origin.over?.({ key: KEY, at: OVER });
      return;
    } else await sleepUntil(arrivals[taken]?.time ?? end, context);
  }
}

function at(lines: number): Split {
  return { key: KEY, at: lines };
}

function bytesOf(lines: readonly string[]): Buffer {
  return Buffer.from(`${lines.join('\n')}\n`);
}

async function sleepUntil(time: number, { clock, signal }: SourceContext): Promise<void> {
  await new Promise<void>((resolve) => {
    const callOff = clock.at(time, resolve);
    signal.addEventListener('abort', () => {
      callOff();
      resolve();
    });
  });
}
