import { readFileSync, writeFileSync } from 'node:fs';
import { reasonOf } from '../flow/input/fault.ts';
import { runSpec } from '../run/spec/run-spec.ts';
import { runSeed } from '../run/spec/seeds.ts';
import { SpecError } from '../run/spec/spec-file.ts';
import { type Manner, messagesAs } from './messages.ts';
import { say, tell } from './streams/door.ts';

interface TestFlags extends Manner {
  /** Write what came out into the files instead. */
  readonly update?: boolean;
  /** So many seeds from 1 on, or the one. */
  readonly seeds?: number;
  readonly seed?: number;
}

/**
 * Runs spec files and shows what differs; those that are as they say also under seeds, where those are given.
 *
 * @returns the exit code: 0 if all passed, 1 if one differs, 2 if one cannot be read.
 */
export async function testCommand(
  paths: readonly string[],
  { update = false, seeds, seed, ...manner }: TestFlags,
): Promise<number> {
  let failed = 0;
  for (const path of paths) {
    try {
      const result = await runSpec(readFileSync(path, 'utf8'));
      if (result.passed) {
        const first = seed ?? 1;
        if (!(await passesSeeds(path, result.sentence, first, seed ?? seeds ?? 0))) failed++;
        continue;
      }
      if (update) {
        writeFileSync(path, result.rewritten);
        continue;
      }
      failed++;
      say(`failed: ${path}\n  ${result.sentence}\n${difference(result.expected, result.actual)}\n`);
    } catch (error) {
      if (!(error instanceof SpecError) && (error as NodeJS.ErrnoException).code === undefined) throw error;
      const reason = error instanceof SpecError ? error.message : reasonOf(error);
      for (const line of messagesAs(manner).usage(`${path}: ${reason}`)) tell(line);
      return 2;
    }
  }
  say(`${paths.length - failed} passed, ${failed} failed\n`);
  return failed === 0 ? 0 : 1;
}

/** Tries seeds up to the first one that fails, which is shown. @returns whether there is none. */
async function passesSeeds(path: string, sentence: string, first: number, last: number): Promise<boolean> {
  const text = readFileSync(path, 'utf8');
  for (let seed = first; seed <= last; seed++) {
    const failure = await runSeed(text, seed);
    if (failure === undefined) continue;
    const happened = failure.happened.map((what) => `  ${what}\n`).join('');
    const differs = difference(failure.expected, failure.actual);
    say(
      `failed: ${path}, seed ${seed}\n  ${sentence}\n${happened}${differs}\n  again: leat test --seed ${seed} ${path}\n`,
    );
    return false;
  }
  return true;
}

/** The two texts line by line: common lines plain, expected ones with -, actual ones with +. */
function difference(expected: string, actual: string): string {
  const left = expected.split('\n');
  const right = actual.split('\n');
  const lines: string[] = [];
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    if (left[i] === right[i]) lines.push(`    ${left[i]}`);
    else {
      if (left[i] !== undefined) lines.push(`  - ${left[i]}`);
      if (right[i] !== undefined) lines.push(`  + ${right[i]}`);
    }
  }
  return lines.join('\n');
}
