import { parseProgram } from '../query/text/parser.ts';
import { UsageError } from './usage-error.ts';

/** What stands around a program that is called as nc is: `-l 9999`, or a host and a port in front of it. */
interface AsNc {
  /** `9999`, or `0.0.0.0:9999`. */
  readonly listen: string | undefined;
  readonly text: string | undefined;
  /** What stands behind the first argument that is no option. */
  readonly surplus: readonly string[];
}

/**
 * The program of a command line that says its source as nc does, and what is left behind it:
 *
 *     leat -l 9999 'words | count'          listen(9999) | words | count
 *     leat localhost 9999                   connect("localhost", 9999)
 *
 * @throws UsageError where the source could not stand in front of the program.
 */
export function programAsNc({ listen, text, surplus }: AsNc): Pick<AsNc, 'text' | 'surplus'> {
  if (listen !== undefined) return { text: behind(listening(listen), text, '-l'), surplus };
  const [port, program, ...others] = surplus;
  if (text === undefined || port === undefined || !isPort(port) || !/^(?:[\w.-]+|\[?[\da-f:]+\]?)$/i.test(text)) {
    return { text, surplus };
  }
  return {
    text: behind(`connect(${JSON.stringify(text.replace(/^\[|\]$/g, ''))}, ${port})`, program, 'HOST PORT'),
    surplus: others,
  };
}

function isPort(text: string): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) < 65536;
}

function listening(address: string): string {
  const [, host, port = address] = /^(.*):(\d+)$/.exec(address) ?? [];
  if (!isPort(port))
    throw new UsageError(
      `-l takes a port, as in -l 9999, or an address of this machine, -l 0.0.0.0:9999; found ${address}`,
    );
  return host === undefined
    ? `listen(${port})`
    : `listen(${port}, host: ${JSON.stringify(host.replace(/^\[|\]$/g, '') || '0.0.0.0')})`;
}

/** A program behind a source. */
function behind(source: string, program: string | undefined, by: string): string {
  if (program === undefined || program.trim() === '') return source;
  const { lets, streams } = parseProgram(program).program;
  if (lets.length > 0 || streams.length > 1) {
    throw new UsageError(
      `${by} is the source of one stream; for several write \`let input = ${source}; input | …; input | …\``,
    );
  }
  return `${source} | ${program}`;
}

/** The arguments with what nc writes in other ways: `-lk 9999`, `-l -p 9999`, and `version`. */
export function argumentsOfNc(args: readonly string[]): readonly string[] {
  const [node = '', script = '', ...own] = args;
  const end = own.indexOf('--') === -1 ? own.length : own.indexOf('--');
  const isListening = own.slice(0, end).some((arg) => /^-(?:l[kpnv]*|k[lpnv]*l[kpnv]*)$/.test(arg));
  const rewritten = own.flatMap((arg, i) => {
    if (i >= end) return [arg];
    if (isListening && /^-[lkpnv]{2,}$/.test(arg)) return ['-l'];
    if (isListening && (arg === '-k' || arg === '-p')) return [];
    return arg === '-v' || (arg === 'version' && own.length === 1) ? ['--version'] : [arg];
  });
  return [node, script, ...rewritten];
}
