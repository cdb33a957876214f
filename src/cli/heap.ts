import { getHeapStatistics, setFlagsFromString } from 'node:v8';

/**
 * How much garbage may gather before it is collected, in percent of what is in use. Left to itself, the engine waits for up to 300 with
 * a large heap, so that a state of 350 MB takes 1.5 GB; a collection of a large heap goes on beside the program, and costs little.
 */
const GARBAGE_PERCENT = 75;

/**
 * Bytes that are large. With a flag set the engine takes no code that was compiled without it, ours and Node's: whatever is loaded later
 * and each thread that starts later, such as that for signals, compiles everything anew. So a small heap is left alone.
 */
const LARGE = 64 * 2 ** 20;

/** ms between two looks at the heap. */
const INTERVAL = 500;

/** Lets the process take little more memory than what it keeps, once that is much. Goes for all threads. Keeps no process alive. */
export function keepHeapSmall(): void {
  const looks = setInterval(() => {
    if (getHeapStatistics().used_heap_size < LARGE) return;
    clearInterval(looks);
    setFlagsFromString(`--heap-growing-percent=${GARBAGE_PERCENT}`);
  }, INTERVAL).unref();
}
