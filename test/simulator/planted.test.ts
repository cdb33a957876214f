/** A simulator that finds nothing may be blind: each of these faults, a line of the program each, has to be found by it. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type Fault, moduleWith } from '../support/planted.ts';
import type * as Memory from './memory.ts';
import type * as Simulator from './simulate.ts';

const driver = 'src/run/local/drivers/drive-live.ts';
const inbox = 'src/run/local/drivers/inbox.ts';
const run = 'src/run/local/local-run.ts';
const batches = 'src/run/local/batches/batches.ts';
const core = 'src/run/local/drivers/core.ts';
const state = 'src/flow/state/keyed-state.ts';

const FAULTS: { readonly [what: string]: Fault } = {
  'what waits keeps bytes that were lent': { file: driver, line: 'this.inbox.own();', planted: '' },
  'a tick that is due is put off to the next': {
    file: driver,
    line: 'core.context.clock.now() >= core.batches.end',
    planted: 'core.context.clock.now() > core.batches.end',
  },
  'what comes at a tick belongs to the next batch': {
    file: driver,
    line: 'next.arrived > core.batches.end',
    planted: 'next.arrived >= core.batches.end',
  },
  'what waits belongs to the batch in which it is worked on': {
    file: driver,
    line: 'next.arrived > core.batches.end && !this.isLast()',
    planted: 'false',
  },
  'the first batch does not wait for what is bounded': {
    file: driver,
    line: 'if (this.openBounded > 0) return;',
    planted: '',
  },
  'ticks do not wait for a slow reader and are lost': {
    file: driver,
    line: 'if (this.waits(core.blocked() ?? core.keeping ?? this.turnOver())) return;',
    planted: 'if (core.blocked()) break;',
  },
  'what comes behind the last batch belongs to it': {
    file: driver,
    line: '!core.endings.isWanted || hadAllBatches(core)',
    planted: '!core.endings.isWanted',
  },
  'one batch too many': {
    file: core,
    line: 'batches.closed >= options.batches',
    planted: 'batches.closed > options.batches',
  },
  'the last of what waits is forgotten': {
    file: inbox,
    line: 'this.queue = this.queue.slice(this.first);',
    planted: 'this.queue = this.queue.slice(this.first, -1);',
  },
  'batches that are late are left out': {
    file: batches,
    line: 'this.open(this.end + this.interval);',
    planted:
      'this.open(Math.max(this.end, Math.floor(this.settings.clock.now() / this.interval) * this.interval) + this.interval);',
  },
  'the batch under way is not closed at the end': {
    file: run,
    line: 'if (isLast && endings.mayPrint(sources.records)) this.closeOpen(lastIsWhole);',
    planted: 'if (isLast && this.signal.aborted) this.closeOpen(lastIsWhole);',
  },
  'keys that were forgotten since the last snapshot come back': {
    file: state,
    line: 'forgotten: isWhole ? [] : changed.forgotten }',
    planted: 'forgotten: [] }',
  },
  'states that changed since the last snapshot are as they were': {
    file: state,
    line: 'this.changes.note(entry, this.kept.size);',
    planted: '',
  },
  'what one side of a join had in the open batch is lost with a snapshot': {
    file: 'src/flow/joins/pairing.ts',
    line: 'this.open = read(open);',
    planted: '',
  },
};

/** Faults that only show in what is kept, after long. */
const LEAKS: { readonly [what: string]: Fault & { readonly program: keyof typeof Memory.PROGRAMS } } = {
  'clients that have left are known for ever': {
    file: 'src/flow/windows/watermark.ts',
    line: 'this.origins.delete(origin);',
    planted: '',
    program: 'windows of event time',
  },
  'clients that nobody can go on from are kept until the run ends': {
    file: 'src/run/local/reading/taken-position.ts',
    line: 'else if (this.between.delete(origin)) this.isLost = true;',
    planted: '',
    program: 'csv',
  },
  'what was read is kept in the inbox': {
    file: inbox,
    line: 'if (this.first * 2 > this.queue.length) {',
    planted: 'if (this.first * 2 > this.queue.length && this.queue.length < 0) {',
    program: 'csv',
  },
  'what is read first of a client is kept for as long as the run': {
    file: 'src/run/local/reading/recognition.ts',
    line: 'if (head === undefined && origin.lines > 0) return;',
    planted: 'if ((this.told as Set<unknown>).has(origin)) return; (this.told as Set<unknown>).add(origin);',
    program: 'csv',
  },
};

/** A run that does not end is a fault as well. */
async function findIn({ simulate }: typeof Simulator, seeds: number): Promise<string | undefined> {
  for (let seed = 0; seed < seeds; seed++) {
    const found = await simulate(seed);
    if (found !== undefined) return found;
  }
  return undefined;
}

for (const [what, fault] of Object.entries(FAULTS)) {
  test(`the simulator finds: ${what}`, { timeout: 120_000 }, async () => {
    expect(await findIn(await moduleWith<typeof Simulator>('test/simulator/simulate.ts', fault), 3000)).toBeDefined();
  });
}

test.each(Object.entries({ ...FAULTS, ...LEAKS }))('there is one place for: %s', (_what, { file, line }) => {
  expect(readFileSync(file, 'utf8').split(line)).toHaveLength(2);
});

for (const [what, { program, ...fault }] of Object.entries(LEAKS)) {
  test(`a long run finds: ${what}`, { timeout: 200_000 }, async () => {
    const { heapGrowth, LEAST_LEAK, PROGRAMS } = await moduleWith<typeof Memory>('test/simulator/memory.ts', fault);
    expect(await heapGrowth(PROGRAMS[program], 15, 5)).toBeGreaterThan(LEAST_LEAK);
  });
}
