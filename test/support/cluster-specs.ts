/** The specs that can run on a cluster, and whether one gives the same there. */
import { closeSync, openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { ProgramError } from '../../src/base/problem.ts';
import { aggregates, functions, sinks, stages } from '../../src/flow/catalog.ts';
import { compileProgram } from '../../src/query/compile.ts';
import { createScope } from '../../src/query/plan/expression/scope.ts';
import { refusalOf } from '../../src/run/cluster/refusal.ts';
import { COMBINED_HERE } from '../../src/run/local/notes/combined-here.ts';
import type { Cluster } from '../../src/run/local/options/cluster.ts';
import { runSpec } from '../../src/run/spec/run-spec.ts';
import { asFile, asLists, boundedLines, withInput } from '../../src/run/spec/scripted-input.ts';
import { parseSpec } from '../../src/run/spec/spec-file.ts';
import { temporaryDirectory } from './directory.ts';

const FOLDER = 'test/spec';

function isForClusters(text: string): boolean {
  const spec = parseSpec(text);
  if (spec.interruptions.length > 0) return false;
  const isBounded = boundedLines(spec) !== undefined;
  const behaviour = () => (isBounded ? asFile(0) : asLists([]));
  try {
    const plan = compileProgram(spec.program, {
      words: { sources: withInput(behaviour), stages, aggregates, sinks },
      expressions: createScope({ functions, imports: new Map(), now: () => 0 }),
      interval: spec.interval,
    });
    return refusalOf(plan, { isStdinShared: true }) === undefined;
  } catch (error) {
    if (error instanceof ProgramError) return false;
    throw error;
  }
}

export const specsForClusters = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.spec'))
  .map((path) => ({ path, text: readFileSync(join(FOLDER, path), 'utf8') }))
  .filter(({ text }) => isForClusters(text));

/** What a spec gave, with its notes in any order: what pieces have to say is known when they are done. */
function comparable(given: string): string {
  const lines = given.split('\n').filter((line) => line !== '' && line !== `note ${COMBINED_HERE}`);
  const isNote = (line: string) => line.startsWith('note ');
  return [...lines.filter((line) => !isNote(line)), ...lines.filter(isNote).sort()].join('\n');
}

/**
 * Runs a spec on a cluster, and expects what it says.
 *
 * @param clusterFor works on a program; its input is in a file at a path, if it is bounded.
 * @returns how many pieces of input there were.
 */
export async function expectSameOn(
  text: string,
  clusterFor: (program: string) => Omit<Cluster, 'program'>,
  about = '',
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
      };
      return { fd, path, cluster };
    },
  });
  if (fd !== undefined) closeSync(fd);
  expect(comparable(result.actual), `${result.sentence} ${about}`).toBe(comparable(result.expected));
  return pieces;
}
