/** A disk that ends runs and finds nothing may be blind: each of these faults, a line of the program each, has to be found on it; where little is tried some of them. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Random } from '../../src/run/trials/random.ts';
import { few, isOfPart } from '../support/effort.ts';
import { type Fault, moduleWith } from '../support/planted.ts';
import type * as Lives from './lives.ts';

const store = 'src/run/durable/store.ts';
const file = 'src/run/durable/synced-file.ts';
const found = 'src/run/durable/found.ts';
const checkpoints = 'src/run/local/checkpoints/checkpoints.ts';
const cuts = 'src/run/local/checkpoints/cuts.ts';
const goOn = 'src/run/local/checkpoints/go-on.ts';
const recorder = 'src/run/local/reading/recorder.ts';

const counted: Lives.Subject = { program: 'left | words | countByValue | running', kind: 'live', measure: 'ticks' };
const windowed: Lives.Subject = { ...counted, program: 'left | words | countByValue | window(4s, 1s)' };
const stateful: Lives.Subject = {
  ...counted,
  program: 'left | words | map([_, 1]) | mapWithState((k, v, s) => [v + (s ?? 0), [k, v + (s ?? 0)]])',
};
const printed: Lives.Subject = { ...counted, program: 'left | words | countByValue', sink: 'print' };
const whole: Lives.Subject = { program: 'left', kind: 'bounded', measure: 'records' };
const clients: Lives.Subject = { ...counted, kind: 'listen' };
const lines: Lives.Subject = { program: 'left', kind: 'live', measure: 'ticks', sink: 'lines' };
const twice: Lives.Subject = { ...whole, sink: 'twice' };
const session: Lives.Subject = { ...counted, kind: 'recorded', measure: 'all' };

const ofTicks: Lives.Subject = {
  ...counted,
  program: 'left | words | session(_, {n: count()}, gap: 2s)',
  isRecorded: true,
};
const atEachTick: Lives.Subject = {
  ...counted,
  program: 'left | map([_, 1]) | updateStateByKey((values, state) => len(values) + (state ?? 0))',
  isRecorded: true,
};

const FAULTS: { readonly [what: string]: readonly [subject: Lives.Subject, fault: Fault] } = {
  'records count as kept that are not synced': [
    counted,
    { file, line: 'await this.file.sync();\n    const entry', planted: 'const entry' },
  ],
  'how far sources had come is forgotten': [
    counted,
    { file: found, line: 'for (const { moves } of moved) move(tables, moves);', planted: '' },
  ],
  'windows that come out while nobody is at work are forgotten': [
    windowed,
    { file: 'src/run/local/checkpoints/pause.ts', line: ': due(batches.end)', planted: ': undefined' },
  ],
  'a batch comes out before it is written down': [
    printed,
    { file: cuts, line: 'this.grounds.begin(this.written);', planted: 'this.grounds.begin(Promise.resolve());' },
  ],
  'batches that came out are cut anew': [
    printed,
    { file: goOn, line: 'for (const batch of checkpoints.cuts.repeated) await repeatBatch(core, batch);', planted: '' },
  ],
  'what comes out of a batch that is open is not written down': [
    lines,
    { file: cuts, line: 'if (this.isAgain || this.taken === this.takenNow)', planted: 'if (this.taken >= 0)' },
  ],
  'what came out of a batch that was open is cut anew': [
    lines,
    { file: found, line: 'begun !== undefined && begun.number > last ? begun : undefined', planted: 'undefined' },
  ],
  'what comes in is not safe before it comes out of a batch that is open': [
    { ...lines, kind: 'listen' },
    {
      file: 'src/run/local/output/grounds.ts',
      line: 'current.kept = this.keep();',
      planted: 'current.kept = Promise.resolve();',
    },
  ],
  'how far a batch had come that is repeated is written down before it is': [
    { ...lines, kind: 'exec' },
    { file: cuts, line: 'this.isAgain = this.cameOut.length > 0;', planted: 'this.isAgain = false;' },
  ],
  'a run is finished before all is out': [
    twice,
    { file: checkpoints, line: 'if ((await isOut?.()) === false) return;', planted: '' },
  ],
  'a batch that is kept is repeated': [
    printed,
    { file: found, line: 'number > frozen.batch);', planted: 'number >= frozen.batch);' },
  ],
  'what had changed is forgotten': [counted, { file: found, line: ', ...amongChanges(parts, changes)]', planted: ']' }],
  'a base is whole before it is known what has changed since its last part': [
    stateful,
    {
      file: 'src/run/local/checkpoints/next-base.ts',
      line: 'left -= steps.length;',
      planted: 'if (this.parts.next().done) this.isRead = true;',
    },
  ],
  'what is kept in parts is read behind all that has changed since': [
    stateful,
    { file: found, line: 'parts[next]!.behind === i + 1)', planted: 'i + 1 === changes.length)' },
  ],
  'what was to be written is not known': [
    counted,
    { file: found, line: 'records.slice(since + 1)', planted: 'records.slice(records.length)' },
  ],
  'what was torn is not cut': [counted, { file, line: 'await file.cut(end);', planted: '' }],
  'the name of a log is not safe': [
    counted,
    { file, line: 'await files.syncDirectory(directory);\n    return', planted: 'return' },
  ],
  'a base is named before it is safe': [counted, { file: store, line: 'await file.sync();', planted: '' }],
  'the name of a base is not safe before those it replaces go': [
    counted,
    { file: store, line: 'await this.names.sync();', planted: '' },
  ],
  'marks count what came behind the steps': [
    counted,
    {
      file: checkpoints,
      line: 'const marks = sinks.marks();',
      planted: 'const marks = new Promise<void>((later) => setImmediate(later)).then(() => sinks.marks());',
    },
  ],
  'a batch is kept in its middle where its sink cannot go on': [
    whole,
    {
      file: checkpoints,
      line: 'return this.run.sinks.isClear && this.hasPositions;',
      planted: 'return this.hasPositions;',
    },
  ],
  'what came is not safe before what is written of it': [
    clients,
    { file: store, line: 'before: () => this.input.sync()', planted: 'before: async () => {}' },
  ],
  'what came and was not worked on is forgotten': [
    clients,
    { file: 'src/run/local/reading/received-input.ts', line: 'await lane.take(entry);', planted: '' },
  ],
  'what came is removed before it was worked on': [
    clients,
    { file: 'src/run/durable/input-log.ts', line: 'number < current &&', planted: 'number <= current &&' },
  ],
  'who has left is read again': [
    clients,
    { file: 'src/run/local/reading/place-progress.ts', line: 'at: null', planted: "at: { name: '', offset: 0 }" },
  ],
  'a session that was ended before its first record begins with the epoch': [
    session,
    { file: 'src/run/local/drivers/pace.ts', line: 'core.batches.number === 0', planted: '!core.batches.isTakenUp' },
  ],
  'a session knows of no pause': [
    atEachTick,
    { file: recorder, line: 'else if (end > this.tickOfOpen)', planted: 'else if (end < 0)' },
  ],
  'a session that was recorded tells records of a batch apart by when they came': [
    ofTicks,
    { file: recorder, line: 'kept: live && this.isKept', planted: 'kept: false' },
  ],
  'a session is begun anew by who goes on with it': [
    atEachTick,
    { file: recorder, line: 'this.hasHead = output.goesOn === true;', planted: 'this.hasHead = false;' },
  ],
};

async function findIn({ atEveryCall }: typeof Lives, subject: Lives.Subject): Promise<unknown> {
  for (let seed = 1; seed <= 20; seed++) {
    const random = new Random(seed);
    try {
      await atEveryCall(subject, seed, (endsAt) => [{ endsAt }, { endsAt: random.whole(1, 60) }], 3);
    } catch (error) {
      return error;
    }
  }
  return undefined;
}

for (const [i, [what, [subject, fault]]] of few(3, Object.entries(FAULTS)).entries()) {
  test.skipIf(!isOfPart(i))(`the crashes find: ${what}`, { timeout: 120_000 }, async () => {
    expect(await findIn(await moduleWith<typeof Lives>('test/crash/lives.ts', fault), subject)).toBeDefined();
  });
}

test.each(Object.entries(FAULTS))('there is one place for: %s', (_what, [, { file, line }]) => {
  expect(readFileSync(file, 'utf8').split(line)).toHaveLength(2);
});
