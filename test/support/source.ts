/** A run as a source sees it: keeps what is delivered, and lets a test wait for it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clock, wallClock } from '../../src/base/clock.ts';
import type { BadRecord } from '../../src/base/problem.ts';
import type { Value } from '../../src/base/value.ts';
import type { Chunk, Origin, OriginChunk } from '../../src/flow/define/chunk.ts';
import type { SourceContext } from '../../src/flow/define/context.ts';
import type { Position, Split } from '../../src/flow/define/position.ts';
import type { Source, SourceDefinition } from '../../src/flow/define/source.ts';
import { hostSockets } from '../../src/flow/sockets/host-sockets.ts';
import { TakenPosition } from '../../src/run/local/reading/taken-position.ts';

export interface Bad {
  readonly reason: string;
  readonly text: string;
  readonly origin: string;
}

/** A place behind a chunk. */
export interface Cut {
  /** What had come by then of `TestRun.numbered`. */
  readonly count: number;
  /** As JSON; undefined where the source cannot go on from here. */
  readonly position: string | undefined;
}

export class TestRun implements SourceContext {
  readonly clock: Clock;
  readonly sockets = hostSockets;
  readonly once: boolean;
  readonly origins: Origin[] = [];
  readonly notes: string[] = [];
  readonly bads: Bad[] = [];
  /** Records and bad ones as they come: a bad one as `bad: reason`. */
  readonly records: Value[] = [];
  readonly chunks: OriginChunk[] = [];
  /** Records with the name of their origin and their number in it. */
  readonly numbered: (readonly [origin: string, line: number, record: Value])[] = [];
  /** Behind each chunk, and before the first. */
  readonly cuts: Cut[] = [];
  /** How many bytes it has not read yet, where it tells. */
  behind: (() => number) | undefined;
  private readonly taken: TakenPosition;
  private readonly abortion = new AbortController();
  private readonly watchers = new Set<() => void>();
  private open: (() => void) | undefined;
  private gate: Promise<void> | undefined;

  constructor(settings: { readonly clock?: Clock; readonly once?: boolean; readonly from?: Position } = {}) {
    this.clock = settings.clock ?? wallClock;
    this.once = settings.once ?? false;
    this.taken = new TakenPosition(settings.from);
    this.cut();
  }

  get signal(): AbortSignal {
    return this.abortion.signal;
  }

  origin(name: string, firstLine?: string, from?: Split): Origin {
    const over = (behind?: Split) => void this.deliver({ kind: 'end', origin, behind });
    const id = this.origins.length;
    const origin: Origin = { lines: 0, ...from?.origin, id, name, source: 0, firstLine, over };
    this.origins.push(origin);
    return origin;
  }

  deliver(chunk: Chunk): Promise<void> | undefined {
    if (chunk.kind === 'values') this.give(chunk, chunk.values);
    if (chunk.kind === 'text') this.give(chunk, linesOf(chunk.bytes));
    this.taken.take(chunk);
    this.cut();
    this.changed();
    return this.gate;
  }

  lagBytes(ask: () => number): void {
    this.behind = ask;
  }

  bad(problem: BadRecord, origin: Origin, text: string, behind?: Split): void {
    this.bads.push({ reason: problem.reason, text, origin: origin.name });
    const record = `bad: ${problem.reason}`;
    this.records.push(record);
    this.numbered.push([origin.name, ++origin.lines, record]);
    this.taken.take({ kind: 'bad', origin, problem, text, behind });
    this.cut();
    this.changed();
  }

  private give(chunk: OriginChunk, records: readonly Value[]): void {
    this.chunks.push(chunk);
    for (const record of records) this.records.push(record);
    const { origin } = chunk;
    for (const record of records) this.numbered.push([origin.name, ++origin.lines, record]);
  }

  private cut(): void {
    const { position } = this.taken;
    this.cuts.push({ count: this.numbered.length, position: position && JSON.stringify(position) });
  }

  /** Behind all that was delivered; undefined where the source cannot go on from here. */
  get position(): Position | undefined {
    return this.taken.position;
  }

  note(message: string): void {
    this.notes.push(message);
    this.changed();
  }

  abort(): void {
    this.abortion.abort();
  }

  /** From now on the inbox is full. */
  shut(): void {
    this.gate = new Promise((resolve) => {
      this.open = resolve;
    });
  }

  /** The inbox has room again. */
  reopen(): void {
    this.gate = undefined;
    this.open?.();
  }

  /** Resolves once `condition` holds; it is asked at every record, bad record and note. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      await new Promise<void>((resolve) => {
        const look = () => {
          this.watchers.delete(look);
          resolve();
        };
        this.watchers.add(look);
      });
    }
  }

  get bytes(): number {
    return this.chunks.reduce((sum, chunk) => sum + (chunk.kind === 'text' ? chunk.bytes.length : 0), 0);
  }

  private changed(): void {
    for (const look of [...this.watchers]) look();
  }
}

/** The lines of a chunk, as the reader of a run sees them. */
export function linesOf(bytes: Uint8Array): string[] {
  const text = Buffer.from(bytes).toString('utf8');
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line) => line.replace(/\r$/, ''));
}

/** A source of the catalog with these arguments, and the others as they are where they are left out. */
export function openSource(
  definition: SourceDefinition,
  args: { readonly [name: string]: unknown },
  run: SourceContext,
  from?: Position,
): Source {
  const bound: { [name: string]: unknown } = {};
  for (const [name, parameter] of Object.entries(definition.parameters)) bound[name] = parameter.fallback;
  Object.assign(bound, args);
  const behaviour = definition.behaviour(bound as never, { stdin: 'stream' });
  if (behaviour.kind === 'batches' || behaviour.kind === 'recorded')
    throw new Error(`${definition.name} gives batches`);
  return behaviour.open(bound as never, run, from);
}

/** An empty directory for one test, and how to remove it. */
export function temporaryDirectory(): { readonly path: string; readonly at: (name: string) => string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'leat-'));
  return { path, at: (name) => join(path, name), remove: () => rmSync(path, { recursive: true, force: true }) };
}
