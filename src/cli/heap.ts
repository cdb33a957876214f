import { setFlagsFromString } from 'node:v8';

/**
 * How much garbage may gather before it is collected, in percent of what is in use. Left to itself, the engine waits for up to 300 with
 * a large heap, so that a state of 350 MB takes 1.5 GB; a collection of a large heap goes on beside the program, and costs little.
 */
const GARBAGE_PERCENT = 75;

/**
 * ms until then. With a flag set the engine takes no code that was compiled without it, ours and Node's: threads that start later
 * compile everything anew. By then they have started, and no heap is large yet.
 */
const AFTER = 250;

/** Lets the process take little more memory than what it keeps, soon. Goes for all threads. Keeps no process alive. */
export function keepHeapSmall(): void {
  setTimeout(() => setFlagsFromString(`--heap-growing-percent=${GARBAGE_PERCENT}`), AFTER).unref();
}
