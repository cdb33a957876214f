/** Faults in how results are written, a line each, that the simulated disk has to find. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type Fault, moduleWith } from '../support/planted.ts';
import type * as Disk from './disk.ts';

const queue = 'src/flow/output/job-queue.ts';

const FAULTS: { readonly [what: string]: Fault } = {
  'a call that failed is not told': { file: queue, line: 'this.failed(error);', planted: '' },
  'what is queued meanwhile is never done': {
    file: queue,
    line: 'while (this.jobs.length > 0) {',
    planted: 'if (this.jobs.length > 0) {',
  },
  'what was written is written again': {
    file: 'src/flow/output/output.ts',
    line: "this.text = '';\n    this.queueBytes(bytes);",
    planted: 'this.queueBytes(bytes);',
  },
  'a batch is held back until there is more': {
    file: 'src/flow/output/target.ts',
    line: "if (per === 'run') {\n      void this.output.flush();",
    planted: "if (per === 'run') {",
  },
};

for (const [what, fault] of Object.entries(FAULTS)) {
  test(`the simulated disk finds: ${what}`, { timeout: 600_000 }, async () => {
    const { simulateDisk } = await moduleWith<typeof Disk>('test/simulator/disk.ts', fault);
    let found: string | undefined;
    for (let seed = 0; seed < 1000 && found === undefined; seed++) found = await simulateDisk(seed);
    expect(found).toBeDefined();
  });
}

test.each(Object.entries(FAULTS))('there is one place for: %s', (_what, { file, line }) => {
  expect(readFileSync(file, 'utf8').split(line)).toHaveLength(2);
});
