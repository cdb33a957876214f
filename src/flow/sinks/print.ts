import { visibleLines } from '../../base/visible.ts';
import { optionalFlag, whole } from '../define/parameters.ts';
import { defineSink } from '../define/sink.ts';
import { createFormat } from '../formats/create.ts';
import { HeldText } from '../formats/held.ts';
import { linesAsText } from '../formats/lines.ts';
import { isLineByLine } from '../output/target.ts';

/** How many records of a batch Spark prints unless told. */
const SPARK_LIMIT = 10;

export const print = defineSink({
  name: 'print',
  summary: 'Writes the records to standard output',
  synonyms: ['stdout'],
  docs: [
    'Stands at the end of a stream that has no other sink. The look is `--format`; without it a table on a terminal, else text:',
    'a string as it is, a pair as key, tab, value, anything else as JSON.',
    'On a terminal, control characters in the data are written out (`\\x1b`) unless `--raw` is given.',
    'With a number it shows only so many records of each batch. Results of a batch are written out at once.',
    'On a terminal the table of groups, windows or states is live, drawn anew in place with each batch, where `print` was not written;',
    'where it was, or with `--no-live`, each batch stays, and the next comes below it.',
  ].join(' '),
  examples: [
    { program: 'words | countByValue | print', in: 'a b a', out: 'a\t2\nb\t1' },
    { program: 'print(2)', in: 'to\nbe\nor', out: 'to\nbe' },
  ],
  parameters: {
    n: whole('the most records of a batch to show; all unless given (10 with `--format spark`)', {
      least: 1,
    }).optional(),
    bars: optionalFlag('bars behind the numbers of a table; where a live table shows pairs unless given'),
  },
  prints: true,
  faster: { lines: ({ n }, format) => n === undefined && format === 'text' },
  promise: 'again',
  create({ n, bars }, context, from) {
    const { stdout, output } = context;
    // Outputs come in the order of the program, batch by batch: all but the first wait for their turn. In one batch that is its end,
    // however many windows come out before.
    const held = output !== undefined && output > 1 ? new HeldText() : undefined;
    const release = () => held?.release((text) => stdout.write(text));
    // Tables see to it by themselves, since they have colours of their own.
    const isAsIs = context.format === 'table' || context.mayShowAsIs !== false;
    const write = (piece: string | Uint8Array) =>
      (held ?? stdout).write(
        isAsIs ? piece : visibleLines(typeof piece === 'string' ? piece : Buffer.from(piece).toString()),
      );
    const format = createFormat(context.format, write, context, { bars, from: from?.mark ?? undefined });
    const limit = n ?? (context.format === 'spark' ? SPARK_LIMIT : Infinity);
    let count = 0;
    return {
      push(record) {
        if (count++ < limit) format.push(record);
      },
      lines: (lines) => write(linesAsText(lines)),
      close(span) {
        format.close(span, Math.max(0, count - limit));
        count = 0;
        if (context.isOneBatch !== true) release();
        void stdout.flush();
      },
      flush: () => void stdout.flush(),
      get isHolding() {
        return held?.isEmpty === false || format.isHolding === true;
      },
      get isClear() {
        if (held !== undefined) return count === 0 && held.isEmpty;
        return count === 0 || (limit === Infinity && isLineByLine(context.format));
      },
      blocked: () => stdout.blocked(),
      async mark() {
        const mark = format.mark ?? null;
        await stdout.flush();
        return mark;
      },
      async leave() {},
      finish() {
        release();
        return stdout.flush();
      },
    };
  },
});
