/** The specs that can run on a cluster, and whether one gives the same there. */
import { closeSync, openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { ProgramError } from '../../src/base/problem.ts';
import { aggregates, functions, sinks, stages } from '../../src/flow/catalog.ts';
import { compileProgram } from '../../src/query/compile.ts';
import { createScope } from '../../src/query/plan/expression/scope.ts';
import type { Plan } from '../../src/query/plan/plan.ts';
import { refusalOf } from '../../src/run/cluster/refusal.ts';
import { COMBINED_HERE } from '../../src/run/local/notes/combined-here.ts';
import type { Cluster } from '../../src/run/local/options/cluster.ts';
import { runSpec } from '../../src/run/spec/run-spec.ts';
import {
  asDealt,
  asFile,
  asLists,
  boundedLines,
  listsOf,
  withDealtQueues,
  withInput,
} from '../../src/run/spec/scripted-input.ts';
import { parseSpec, type Spec } from '../../src/run/spec/spec-file.ts';
import { DealtStream, type Planned } from './dealt.ts';
import { temporaryDirectory } from './directory.ts';

const FOLDER = 'test/spec';

/** The plan of a spec that is to run on a cluster; undefined where it has none. @param isStream whether its batches are those of a stream. */
function planFor(spec: Spec, isStream: boolean): Plan | undefined {
  const isBounded = boundedLines(spec) !== undefined;
  const input = () => (isStream ? asDealt([]) : isBounded ? asFile(0) : asLists([]));
  const sources = withInput(input);
  try {
    return compileProgram(spec.program, {
      words: { sources: isStream ? withDealtQueues(sources) : sources, stages, aggregates, sinks },
      expressions: createScope({ functions, imports: new Map(), now: () => 0 }),
      interval: spec.interval,
    });
  } catch (error) {
    if (error instanceof ProgramError) return undefined;
    throw error;
  }
}

function isForClusters(text: string, isStream = false): boolean {
  const spec = parseSpec(text);
  if (spec.interruptions.length > 0) return false;
  const plan = planFor(spec, isStream);
  return plan !== undefined && refusalOf(plan, { isStdinShared: true }) === undefined;
}

const specs = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.spec'))
  .map((path) => ({ path, text: readFileSync(join(FOLDER, path), 'utf8') }));

export const specsForClusters = specs.filter(({ text }) => isForClusters(text));

/** What remembers something, or looks at the time: bounded input of it is tried as the one batch of a stream, too. */
const OF_TIME = /^(event-time|state|streams)\//;

/** Their event times are ahead of a clock that begins in 1970, which a stream takes for a fault. */
const AHEAD: readonly string[] = [
  'event-time/join-within-of-sessions.spec',
  'event-time/late-at-the-bound.spec',
  'event-time/session-at-the-bound.spec',
  'state/dedupe-at-the-bound.spec',
];

/** Those whose input may be a stream. */
export const streamSpecs = specs.filter(({ text, path }) => {
  const spec = parseSpec(text);
  const isTimed = boundedLines(spec) === undefined && ticksOf(spec) > 0;
  return (isTimed || OF_TIME.test(path)) && !AHEAD.includes(path) && isForClusters(text, true);
});

/** How many batches a spec has as a stream. */
function ticksOf(spec: Spec): number {
  if (boundedLines(spec) !== undefined) return 1;
  const queues = planFor(spec, true)?.sources.filter(({ definition }) => definition.name === 'queue') ?? [];
  const lists = queues.map(({ arguments: args }) => (args.lists as readonly unknown[]).length);
  return spec.settings.batches ?? Math.max(0, listsOf(spec).length, ...lists);
}

/** What a spec gave, with its notes in any order: what pieces have to say is known when they are done. */
function comparable(given: string): string {
  const lines = given.split('\n').filter((line) => line !== '' && line !== `note ${COMBINED_HERE}`);
  const isNote = (line: string) => line.startsWith('note ');
  return [...lines.filter((line) => !isNote(line)), ...lines.filter(isNote).sort()].join('\n');
}

/** A batch at the tick of each of those of a spec. */
function batchesOf(text: string): readonly Planned[] {
  const spec = parseSpec(text);
  return Array.from({ length: ticksOf(spec) }, (_, i) => ({ time: (i + 1) * spec.interval, files: [] }));
}

/**
 * Runs a spec on a cluster, and expects what it says.
 *
 * @param clusterFor works on a program; its input is in a file at a path, if it is bounded.
 * @param isStream whether the batches are those of a stream.
 * @returns how many pieces of input there were.
 */
export async function expectSameOn(
  text: string,
  clusterFor: (program: string) => Omit<Cluster, 'program'>,
  about = '',
  isStream = false,
): Promise<number> {
  const path = join(temporaryDirectory(), 'in');
  let fd: number | undefined;
  let pieces = 0;
  const result = await runSpec(text, {
    cluster(lines, program) {
      writeFileSync(path, (lines ?? []).map((line) => `${line}\n`).join(''));
      fd = openSync(path, 'r');
      const { tasks, largestPiece, work, records } = clusterFor(program);
      const counted = (tasks: readonly Uint8Array[]) => {
        pieces += tasks.length;
        return tasks;
      };
      const cluster: Cluster = {
        program,
        tasks,
        largestPiece,
        work: (given, signal) => work({ ...given, pieces: counted(given.pieces) }, signal),
        records: (given, signal) => records(counted(given), signal),
        ...(isStream ? { stream: new DealtStream(batchesOf(text)).open } : {}),
      };
      return { fd, path, cluster, isStream };
    },
  });
  if (fd !== undefined) closeSync(fd);
  expect(comparable(result.actual), `${result.sentence} ${about}`).toBe(comparable(result.expected));
  return pieces;
}
