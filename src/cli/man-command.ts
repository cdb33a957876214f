import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { say } from './streams/door.ts';
import { leadsToTerminal } from './streams/leads-to-terminal.ts';

/** Where the package has its page, seen from the bundle. */
const PAGE = new URL('../man/leat.1', import.meta.url);

/**
 * Shows the manual page: by `man` on a terminal, else as plain text. A global installation puts the command on the path and, by most
 * versions of npm, not the page.
 *
 * @param page as roff.
 */
export function manCommand(page: string): void {
  if (leadsToTerminal(1) && shown(fileURLToPath(PAGE))) return;
  say(textOfRoff(page));
}

/** Whether there is a `man` that could show it. A name with a slash is the file itself to all of them. */
function shown(path: string): boolean {
  const { error, status } = spawnSync('man', [path], { stdio: 'inherit' });
  return error === undefined && status === 0;
}

const WIDTH = 78;
/** How far text, and what stands behind a tag, are set in. */
const TEXT = 4;
const BEHIND_TAG = 8;

/** The page as plain text. It knows what our own pages are made of, see man.ts. */
function textOfRoff(page: string): string {
  const lines: string[] = [];
  let indent = TEXT;
  let isTag = false;
  let isVerbatim = false;
  for (const line of page.split('\n')) {
    const [, request, argument = ''] = /^\.(\S+)\s*(.*)$/.exec(line) ?? [];
    if (request === undefined) {
      const text = plain(line);
      lines.push(
        ...(isVerbatim || isTag ? [text.trimEnd()] : wrapped(text, WIDTH - indent)).map((part) => set(part, indent)),
      );
      if (isTag) indent = BEHIND_TAG;
      isTag = false;
      continue;
    }
    if (request === 'SH') lines.push('', plain(argument));
    if (request === 'PP' || request === 'TP') lines.push(...(lines.at(-1) === '' ? [] : ['']));
    if (request === 'SH' || request === 'PP' || request === 'TP' || request === 'RE') indent = TEXT;
    if (request === 'RS') indent = BEHIND_TAG;
    isTag = request === 'TP';
    isVerbatim = request === 'nf' || (isVerbatim && request !== 'fi');
  }
  return `${lines.join('\n').trim()}\n`;
}

function set(text: string, indent: number): string {
  return text === '' ? '' : ' '.repeat(indent) + text;
}

/** The signs of a page as they are shown. */
const SIGNS: { readonly [name: string]: string } = { ga: '`', aq: "'", dq: '"', ha: '^', ti: '~' };

function plain(roff: string): string {
  return roff.replace(/\\(?:f[BR]|\((..)|(.))/g, (_all, sign?: string, other?: string) => {
    if (sign !== undefined) return SIGNS[sign] ?? sign;
    return other === undefined || other === '&' ? '' : other === 'e' ? '\\' : other;
  });
}

function wrapped(text: string, width: number): string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1)!;
    if (line !== '' && line.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines;
}
