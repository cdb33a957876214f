import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasScript, PseudoTerminal } from './pseudo-terminal.ts';

/** Sets the title, rings, clears the screen, colours by the control of one byte that some terminals know, turns the direction of writing. */
const HOSTILE = '\u001b]0;PWNED\u0007\u001b[2J\u009b31m\u202eevil';
/** The start of a line that looks like one of ours. */
const FORGED = 'b\nleat: all is well';

const folder = mkdtempSync(join(tmpdir(), 'leat-safe-'));

beforeAll(() => {
  const put = (name: string, text: string) => writeFileSync(join(folder, name), text);
  put('lines', `${HOSTILE}\n${HOSTILE}\n`);
  put('values', `${JSON.stringify({ [HOSTILE]: HOSTILE, a: FORGED, t: 1 })}\n`);
  put('raw-values', `{"${HOSTILE.replace(/[\u0000-\u001f]/g, '')}":1}\n`);
  put('header.csv', `a,${HOSTILE}\n1,2\n`);
  put('log', `${HOSTILE}\n`);
  put(`bad${HOSTILE}.leat`, 'nothing(');
  put('text.leat', `map("${HOSTILE}") | nothing`);
  put('wrong.spec', `# ${HOSTILE}\nmap(_)\n\nin\n    ${HOSTILE}\n\ntext\n    other\n`);
  mkdirSync(join(folder, 'named'));
  put(`named/${HOSTILE}.json`, '{bad\n');
  put(`named/${FORGED}.json`, '{bad\n');
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A word for the shell. */
const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
const inText = (text: string) => JSON.stringify(text).slice(1, -1);

/** Each way by which data, names or arguments come to be shown, and what of them is to be seen for certain. */
const WAYS: readonly (readonly [what: string, line: string, seen?: RegExp])[] = [
  ['tap', 'leat "tap | none" < lines', /\\x1b]0;PWNED/],
  ['tap of a field', 'leat "json | tap(.a) | none" < values', /b\\nleat: all is well/],
  ['what breaks an assertion', `leat 'assert(_ == "x") | none' < lines`, /\\x1b\[2J/],
  ['the message of an assertion', `leat ${quoted(`assert(_ == "x", message: "${inText(HOSTILE)}") | none`)} < lines`],
  ['bad lines', 'leat json < lines', /bad record/],
  ['fields that are not there', 'leat "json | countBy(.x)" < values', /no field "x"/],
  ['names with controls of one byte', 'leat "json | countBy(.x)" < raw-values', /no field "x"/],
  ['names of files', `leat 'files("named/*") | json'`, /2 bad of 2/],
  ['a file that is not there', `leat ${quoted(`files("${inText(FORGED)}") | count`)}`, /does not exist/],
  ['the columns of a file', `leat 'json | append("header.csv")' < values`],
  ['a file that cannot be written', `leat ${quoted(`append("lines/${inText(HOSTILE)}/x") | none`)} < lines`],
  ['what is kept of bad records', `leat --bad ${quoted(`lines/${HOSTILE}`)} json < lines`, /--bad/],
  ['a table that is not there', `leat ${quoted(`json | lookup("${inText(HOSTILE)}.csv", on: "a")`)} < values`],
  ['a command that fails', `leat ${quoted(`exec("exit 3 # ${inText(FORGED)}") | none`)}`, /ended with/],
  ['a program that is not there', `leat -f ${quoted(`${FORGED}.leat`)}`, /cannot read the program/],
  ['the name of a wrong program', `leat -f ${quoted(`bad${HOSTILE}.leat`)}`, /unclosed-bracket/],
  ['the text of a wrong program', 'leat -f text.leat', /unknown-stage/],
  ['a program on the command line', `leat ${quoted(`nothing("${HOSTILE}")`)}`, /unknown-stage/],
  ['arguments too many', `leat count ${quoted(HOSTILE)}`],
  ['an option that there is not', `leat --${quoted(HOSTILE)} count`, /unknown option/],
  ['a module that there is not', `leat --import ${quoted(FORGED)} count`, /--import/],
  ['a word that there is not', `leat help ${quoted(HOSTILE)}`],
  ['a shell that there is not', `leat completion ${quoted(FORGED)}`],
  ['a plan', `leat explain ${quoted(`map("${HOSTILE}") | tap`)}`],
  ['counts of stages', `leat --stats ${quoted(`filter(_ == "${inText(HOSTILE)}")`)} < lines`],
  ['a test that fails', 'leat test wrong.spec', /1 failed/],
  ['a test that is not there', `leat test ${quoted(FORGED)}`],
  ['a table', 'leat "json" < values', /\\x1b]0;PWNED/],
  ['rows that flow', 'cat lines | leat "stdin | map(_)"', /\\x1b\[2J/],
  ['a live table', 'cat lines | leat --batch 100ms "stdin | countByValue | running"', /\\x1b\[2J/],
  ['bars', 'cat lines | leat --batch 100ms "stdin | countByValue | chart"', /PWNED/],
  ['text', 'leat --format text "map(_)" < lines', /\\x1b\]0;PWNED\\x07\\x1b\[2J\\u009b31m\\u202eevil/],
  ['text that is still bytes', 'leat --format text "lines" < lines', /\\u009b31m/],
  ['json', 'leat --format json "json" < values', /\\u009b31m/],
  ['csv', 'leat --format csv "json" < values', /\\u009b31m/],
  ['tsv', 'leat --format tsv "json" < values', /\\u009b31m/],
  ['what Spark prints', 'leat --format spark "json" < values', /\\u009b31m/],
  ['batches', 'leat --format batches "json" < values', /\\u009b31m/],
];

describe.skipIf(!hasScript)('nothing of the data is a command to the terminal, or a line of ours', () => {
  for (const [what, line, seen] of WAYS) {
    test(what, async () => {
      const terminal = new PseudoTerminal(`cd ${folder}; ${line}`, { columns: 200, rows: 50 });
      await terminal.ended;
      const { written } = terminal;
      expect(written).not.toContain('\u001b]');
      expect(written).not.toContain('\u0007');
      expect(written).not.toContain('\u001b[2J');
      expect(written).not.toMatch(/[\u0080-\u009f\u202e]/);
      // Cells of csv may have lines of their own; what leat says has not.
      const shown = [...terminal.scrolledAway, ...terminal.screen].filter((text) => /^leat: all is well/.test(text));
      expect(shown).toHaveLength(/^(csv|tsv|what Spark prints)$/.test(what) ? 1 : 0);
      if (seen !== undefined) expect(written).toMatch(seen);
    });
  }

  test('with --raw data is shown as it is, and notes are not', async () => {
    const terminal = new PseudoTerminal(`cd ${folder}; leat --raw "tap" < lines`, { columns: 200, rows: 50 });
    await terminal.ended;
    expect(terminal.written.split(HOSTILE)).toHaveLength(3);
    expect(terminal.written).toMatch(/\\x1b]0;PWNED\\x07\\x1b\[2J\\u009b31m\\u202eevil\r?\n/);
  });

  test('a file gets the bytes as they are', async () => {
    const terminal = new PseudoTerminal(`cd ${folder}; leat "map(_)" < lines > copy; cmp lines copy && echo same`);
    await terminal.ended;
    expect(terminal.screen).toContain('same');
  });
});
