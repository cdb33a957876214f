// What a job is to reach: the words for it, and whether what was measured reaches it.

const times = (ratio) => `${ratio < 10 ? ratio.toFixed(2) : ratio.toFixed(1)} ×`;
const megabytes = (bytes) => `${(bytes / 2 ** 20).toFixed(0)} MB`;

/*
 * Each of these gives `says`, and `judge`, from the results of a job by command to { met, found },
 * or undefined where a peer is absent or something was not measured.
 */

/** leat is so many times as fast as a peer. */
export const faster = (peer, factor) => ({
  says: factor === 1 ? `not slower than ${peer}` : `≥ ${factor} × ${peer}`,
  judge: ({ leat, [peer]: other }) => other && { met: other.ms / leat.ms >= factor, found: times(other.ms / leat.ms) },
});

/** leat takes at most so many times the time of another command. */
export const atMost = (factor, peer) => ({
  says: `≤ ${factor} × the time of ${peer}`,
  judge: ({ leat, [peer]: other }) => other && { met: leat.ms / other.ms <= factor, found: times(leat.ms / other.ms) },
});

/** leat takes at most so many ms more than another command. */
export const atMostLonger = (ms, peer) => ({
  says: `≤ ${peer} + ${ms} ms`,
  judge: ({ leat, [peer]: other }) =>
    other && { met: leat.ms - other.ms <= ms, found: `+ ${(leat.ms - other.ms).toFixed(0)} ms` },
});

/** leat is faster than each peer. */
export const fastest = () => ({
  says: 'faster than every peer',
  judge({ leat, ...others }) {
    const [best] = Object.entries(others).sort(([, a], [, b]) => a.ms - b.ms);
    return best && { met: best[1].ms > leat.ms, found: `${times(best[1].ms / leat.ms)} ${best[0]}` };
  },
});

/** The peak of leat's memory is at most so many MB. */
export const memoryWithin = (limit) => ({
  says: `memory ≤ ${limit} MB`,
  judge: ({ leat }) => leat.peak && { met: leat.peak <= limit * 2 ** 20, found: megabytes(leat.peak) },
});

/** The peak is what another command's is, but for a tenth. */
export const sameMemory = (peer) => ({
  says: `the same memory as ${peer}`,
  judge({ leat, [peer]: other }) {
    if (!leat.peak || !other?.peak) return undefined;
    const ratio = other.peak / leat.peak;
    return { met: ratio <= 1.1 && ratio >= 1 / 1.1, found: `${megabytes(leat.peak)}, ${megabytes(other.peak)}` };
  },
});

/** The peak is at most `factor` times the bytes of the keys and `each` bytes a key; `keysOf` reads the number of keys from the answer. */
export const memoryOfKeys = (factor, each, bytesOfKey, keysOf) => ({
  says: `memory ≤ ${factor} × the keys' bytes + ${each} B each`,
  judge({ leat }) {
    const limit = keysOf(leat.output) * (factor * bytesOfKey + each);
    return leat.peak && { met: leat.peak <= limit, found: `${megabytes(leat.peak)} of ${megabytes(limit)}` };
  },
});
