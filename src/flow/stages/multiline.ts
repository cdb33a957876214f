import { STRING } from '../../base/type.ts';
import { duration, pattern, size } from '../define/parameters.ts';
import { defineStage } from '../define/stage.ts';
import { multilineStep } from '../parsing/multiline-step.ts';
import { Pattern } from '../pattern/pattern.ts';

/** What stands behind the first line of most that is written over lines: something set in, Java's causes, brackets that close. */
const SET_IN = '^(?:\\s|$|Caused by:|Suppressed:|[})\\]])';

export const multiline = defineStage({
  name: 'multiline',
  group: 'parser',
  summary: 'Lines that belong together as one text, such as a stack trace',
  synonyms: ['stack trace', 'stacktrace', 'exception', 'traceback', 'multi-line', 'multi line', 'java', 'join lines'],
  docs:
    'With `start:` a record begins at each line that matches; with `continue:` a line that matches goes on with the record before it, and any other begins one; with `end:` a record ends ' +
    'with a line that matches. Without any of them, lines that are set in belong to the line before, as do empty ones, `Caused by:` and brackets that close. The record is one text with `\\n` between its lines; what stands before the first ' +
    'beginning is a record as well. Each file or connection is read by itself. A record comes out when the next one begins, when its file or connection ends, and, of live input, when for `flush:` no line has come, at the end of a batch. ' +
    'Of a pipe that is read to its end as one batch nothing comes out before its time; `stdin | multiline` makes it a stream. A record longer than `maxLine:` is bad.',
  examples: [
    {
      program: 'multiline(start: /^\\d{4}-/) | map(_.split("\\n").length)',
      in: '2026-01-31 ERROR java.lang.Exception: no\n\tat a.B.c(B.java:7)\n2026-01-31 INFO ok',
      out: '2\n1',
    },
    {
      program: 'multiline | map(_.replaceAll("\\n", " / "))',
      in: 'Error: no\n    at f (a.js:1)\nready',
      out: 'Error: no /     at f (a.js:1)\nready',
    },
  ],
  parameters: {
    start: pattern('what the first line of a record matches').optional(),
    continue: pattern('what a line matches that goes on with the record before it', { named: true }).optional(),
    end: pattern('what the last line of a record matches', { named: true }).optional(),
    flush: duration('how long after its last line a record of live input comes out', { named: true }).or(1000),
    maxLine: size('the most bytes of a record; a longer one is bad', { named: true }).or(1024 * 1024),
  },
  needs: 'text',
  gives: () => STRING,
  keepsOrigin: true,
  behaviour: {
    kind: 'step',
    create(args, run, down) {
      const isSaid = args.start !== undefined || args.continue !== undefined || args.end !== undefined;
      return multilineStep(isSaid ? args : { ...args, continue: new Pattern(SET_IN) }, run, down);
    },
    exchange: () => 'none',
    isByOrigin: true,
  },
});
