import { wallClock } from '../../../base/clock.ts';
import { parseJson } from '../../../base/json.ts';
import { ProgramError, RunFailure } from '../../../base/problem.ts';
import type { Value } from '../../../base/value.ts';
import type { Origin } from '../../../flow/define/chunk.ts';
import type { FileSystem } from '../../../flow/define/file-system.ts';
import type { KnownOrigins } from '../../../flow/define/snapshot.ts';
import type { Step } from '../../../flow/define/step.ts';
import { codeOf, sourceFailure } from '../../../flow/input/fault.ts';
import { decodeState } from '../../../flow/state/encoding/decode.ts';
import { type Node, type Plan, writtenOf } from '../../../query/plan/plan.ts';
import { type Found, readFound } from '../../durable/found.ts';
import { type Holder, readLock } from '../../durable/lock.ts';
import type { StepStates } from '../../durable/records.ts';
import { buildSteps } from '../steps/build-steps.ts';
import { noRun } from '../steps/run-context.ts';
import { StepMemory } from '../steps/step-memory.ts';

interface KeptSettings {
  readonly files: FileSystem;
  /** Knows whether a run is at work in a directory. */
  readonly holder: Pick<Holder, 'isAtWork'>;
  /** Makes a plan of the program of a run that is kept, with its batch interval (ms). @throws ProgramError. */
  compile(program: string, interval: number): Promise<Plan>;
}

/** A run that is at work takes files away that were just listed: then they are listed again, so often, after so many ms. */
const TRIES = 50;
const PAUSE = 20;

/**
 * What a stage of a run remembers, as records: see the source `checkpoint`.
 *
 * @param name of the stage, or its word; undefined where only one remembers something.
 * @throws RunFailure (3) where the directory cannot be read, is damaged, or keeps no such stage.
 */
export async function keptRecords(
  directory: string,
  name: string | undefined,
  settings: KeptSettings,
): Promise<readonly Value[]> {
  const found = await readStill(directory, settings);
  if (found === undefined) throw notKept(`${directory} keeps nothing yet`);
  const place = placeOf(directory, found, name);
  const { base } = found;
  let plan: Plan;
  try {
    plan = await settings.compile(base.program, base.interval);
  } catch (error) {
    if (!(error instanceof ProgramError)) throw error;
    const message = `the program that ${directory} is kept for cannot be read here: ${error.problems[0]!.message}`;
    throw notKept(message, 'give the modules that it imports by --import; `leat checkpoint DIR` shows it');
  }
  const records = recordsOf(plan, found, place);
  if (records === undefined) {
    const by = `leat ${base.version} has written ${directory}, and this one makes other stages of its program`;
    throw notKept(by, 'read it with the version that has written it');
  }
  return records;
}

function notKept(message: string, help?: string): RunFailure {
  return new RunFailure('source-kept', 3, message, help);
}

/** What a directory holds at one moment, also where a run is at work in it. */
async function readStill(directory: string, { files, holder }: KeptSettings): Promise<Found | undefined> {
  for (let tries = 1; ; tries++) {
    try {
      return readFound(files, directory);
    } catch (error) {
      const isDamaged = error instanceof RunFailure && error.code === 'checkpoint-damaged';
      if (!isDamaged && codeOf(error) !== 'ENOENT') throw unread(directory, error);
      if (tries === TRIES || !isInUse(files, directory, holder)) throw unread(directory, error);
    }
    await new Promise<void>((resolve) => wallClock.at(wallClock.now() + PAUSE, resolve));
  }
}

function unread(directory: string, error: unknown): RunFailure {
  if (error instanceof RunFailure) return error;
  return sourceFailure('source-kept', `cannot read ${directory}`, error);
}

function isInUse(files: FileSystem, directory: string, holder: Pick<Holder, 'isAtWork'>): boolean {
  const lock = readLock(files, directory);
  return lock !== undefined && lock !== '' && holder.isAtWork(lock);
}

/** The number of a stage among those that remember something. */
function placeOf(directory: string, { base }: Found, name: string | undefined): number {
  const stages = base.words.nodes.map(({ words }, i) => ({ i, words, names: namesOfStage(base.nodes[i]!) }));
  const all = stages.map(({ words }) => words).join(', ');
  if (stages.length === 0) throw notKept(`${directory} keeps no stage that remembers anything`);
  const fits =
    name === undefined
      ? stages
      : [0, 1].map((which) => stages.filter(({ names }) => names[which] === name)).find((some) => some.length > 0);
  if (fits === undefined) {
    throw notKept(`${directory} keeps no stage called "${name}", but: ${all}`, 'name a stage by as "name" behind it');
  }
  if (fits.length > 1) {
    const which = name === undefined ? 'several stages' : `several stages with the word ${name}`;
    throw notKept(`${directory} keeps ${which}: ${all}`, 'name the one that is meant by as "name" behind it');
  }
  return fits[0]!.i;
}

/** The name of a stage and its word, by what it is called in a checkpoint (see `planTexts`). */
function namesOfStage(text: string): readonly [name: string | undefined, word: string] {
  const lines = parseJson(text.slice(0, text.lastIndexOf(']') + 1)) as unknown as readonly (readonly [
    string,
    unknown,
  ])[];
  const [word, inputs] = lines.at(-1)!;
  const name = Array.isArray(inputs) && inputs[0] === 'as' ? String(inputs[1]) : undefined;
  return [name, word];
}

/**
 * How many records each stage that remembers something would give to who reads it: keys, groups, those of open windows. Undefined where the plan has
 * other stages than those that were kept.
 */
export function entriesOf(plan: Plan, found: Found): readonly number[] | undefined {
  const records = restored(plan, found, () => true);
  return records && found.base.nodes.map((_name, number) => records(number).length);
}

/** What a stage remembers as records; undefined where the plan has other stages than those that were kept. */
function recordsOf(plan: Plan, found: Found, number: number): readonly Value[] | undefined {
  return restored(plan, found, (other) => other === number)?.(number);
}

/** The steps that go on into `down`. Of a stage that reads something which is not there, such as a table, nothing is kept: it is not needed. */
function madeOr(down: Step, create: (down: Step) => readonly Step[]): readonly Step[] {
  try {
    return create(down);
  } catch (error) {
    if (!(error instanceof RunFailure)) throw error;
    return [down];
  }
}

/**
 * Makes the steps of a plan again and gives some of them what was kept.
 *
 * @returns what gives the records of one of these, once; undefined where the plan has other stages than those that were kept.
 */
function restored(
  plan: Plan,
  { base, frozen, steps }: Found,
  isWanted: (number: number) => boolean,
): ((number: number) => readonly Value[]) | undefined {
  const memory = new StepMemory(plan);
  const made = new Map<Node, { readonly steps: readonly Step[]; readonly records: Value[] }>();
  const watcher = {
    around(node: Node, _down: Step, create: (down: Step) => readonly Step[]) {
      const records: Value[] = [];
      const collect = { push: (record: Value) => void records.push(record), close() {}, advance() {}, finish() {} };
      const own = madeOr(collect, create);
      made.set(node, { steps: own, records });
      return own;
    },
  };
  const openSink = () => ({ push() {}, close() {}, blocked: () => undefined, finish: () => Promise.resolve() });
  const run = { ...noRun(), interval: base.interval, now: () => frozen.end };
  buildSteps(plan, { run, format: 'text', watchers: [watcher, memory], openSink });
  const { places } = memory;
  const words = places.map((place) => writtenOf(plan.nodes[place]!));
  if (places.length !== base.nodes.length || words.some((own, i) => own !== base.words.nodes[i]!.words))
    return undefined;
  const origins: KnownOrigins = { of: (state) => ({ ...state }) as Origin };
  for (const bytes of steps) {
    for (const [node, states] of decodeState(bytes) as StepStates) {
      if (isWanted(node)) memory.restore([[places[node]!, states]], origins);
    }
  }
  return (number) => {
    const { steps: own, records } = made.get(plan.nodes[places[number]!]!)!;
    for (const step of own) {
      if (step.remembered !== undefined) {
        records.push(...step.remembered());
        continue;
      }
      step.close({ time: frozen.end, start: frozen.end - base.interval, end: frozen.end, partial: true });
      step.finish({ time: frozen.end, isLook: true });
    }
    return records;
  };
}
