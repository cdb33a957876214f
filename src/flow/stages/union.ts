import { toText } from '../../base/json.ts';
import { common, UNKNOWN } from '../../base/type.ts';
import type { Value } from '../../base/value.ts';
import type { Cursor, Origin } from '../define/chunk.ts';
import type { RunContext } from '../define/context.ts';
import { otherStream } from '../define/parameters.ts';
import { type OriginState, originState } from '../define/snapshot.ts';
import { defineStage } from '../define/stage.ts';
import type { Emit } from '../define/step.ts';
import { Pairing, type Pairs } from '../joins/pairing.ts';

/** Records that came one behind the other from one origin, and their lines in it. */
interface Stretch {
  readonly origin: Origin | null;
  readonly lines: number[];
  readonly records: Value[];
}

type StretchState = {
  readonly origin: OriginState | null;
  readonly lines: Float64Array;
  readonly records: readonly Value[];
};

/**
 * A record that waits for its turn is given out with the cursor where it stood when the record came: what is bad further down is
 * told with its place, and event time knows each source by its own.
 */
function pairs({ cursor }: RunContext): Pairs<Stretch[]> {
  const give = ({ origin, lines, records }: Stretch, out: Emit): void => {
    const before: Cursor = { origin: cursor.origin, line: cursor.line, text: cursor.text };
    let at = 0;
    Object.assign(cursor, { origin, text: () => toText(records[at]!) });
    for (; at < records.length; at++) {
      cursor.line = lines[at]!;
      out(records[at]!);
    }
    Object.assign(cursor, before);
  };
  return {
    stage: 'union',
    gather: () => [],
    add(into, record) {
      const { origin, line } = cursor;
      const stretch = stretchOf(into, origin);
      stretch.lines.push(line);
      stretch.records.push(record);
    },
    emit(left, right, out) {
      for (const stretch of left) give(stretch, out);
      for (const stretch of right) give(stretch, out);
    },
    write(gathered, count): readonly StretchState[] {
      const states: StretchState[] = [];
      let left = count;
      for (let i = gathered.length - 1; left > 0; i--) {
        const { origin, lines, records } = gathered[i]!;
        const from = Math.max(0, records.length - left);
        left -= records.length - from;
        states.push({
          origin: origin && originState(origin),
          lines: new Float64Array(lines.slice(from)),
          records: records.slice(from),
        });
      }
      return states.reverse();
    },
    append(into, state, origins) {
      for (const { origin, lines, records } of state as readonly StretchState[]) {
        const stretch = stretchOf(into, origin && origins.of(origin));
        for (let i = 0; i < records.length; i++) {
          stretch.lines.push(lines[i]!);
          stretch.records.push(records[i]!);
        }
      }
    },
    passesLeft: true,
    keepsOrigin: true,
  };
}

/** The one that goes on with a record of an origin, where it is the last or begun anew. */
function stretchOf(into: Stretch[], origin: Origin | null): Stretch {
  const last = into.at(-1);
  if (last?.origin === origin) return last;
  const stretch = { origin, lines: [], records: [] };
  into.push(stretch);
  return stretch;
}

export const union = defineStage({
  name: 'union',
  group: 'streams',
  summary: 'The records of this stream, then those of the other, batch by batch',
  synonyms: ['merge', 'concatenate'],
  docs:
    'Puts the two batches of the same time together: first the records of this stream, then those of the other. Event-time windows are put together by equal start and end when ' +
    'both have closed. The other batch is held in memory until this one is whole, within `--state-max`; several files of one kind are better read as one source.',
  examples: [{ program: 'queue([1, 2], [3]) | union(queue([10], [20]))', out: '1\n2\n10\n3\n20' }],
  parameters: { other: otherStream('the other stream') },
  needs: 'anything',
  gives: (input, _args, results) => common(input, results.other ?? UNKNOWN),
  keepsOrigin: true,
  behaviour: {
    kind: 'streams',
    create: (_args, run, down, meeting) => new Pairing(pairs(run), run, down, meeting),
    exchange: () => 'none',
  },
});
