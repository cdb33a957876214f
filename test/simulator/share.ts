/** A process that simulates a share of all seeds, up to the first one that finds something: `SIMULATION FIRST STEP END`, each `STEP`th seed from the first one on, below the end. */
import { simulateDisk } from './disk.ts';
import { simulateNetwork } from './network.ts';
import { simulate } from './simulate.ts';

const SIMULATIONS = { simulate, simulateDisk, simulateNetwork };

/** What came of it, as it is printed: how many seeds were simulated, and what the last of them found. */
export interface Simulated {
  readonly seeds: number;
  readonly found?: string | undefined;
}

const [simulation, ...numbers] = process.argv.slice(2);
const [first, step, end] = numbers.map(Number) as [number, number, number];
let seeds = 0;
let found: string | undefined;
for (let seed = first; seed < end && found === undefined; seed += step) {
  found = await SIMULATIONS[simulation as keyof typeof SIMULATIONS](seed);
  seeds++;
}
process.stdout.write(JSON.stringify({ seeds, found } satisfies Simulated));
