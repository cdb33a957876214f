import { toJson } from '../../../base/json.ts';
import { countNewlines } from '../../../flow/bytes/newlines.ts';
import type { Origin } from '../../../flow/define/chunk.ts';
import { asBuffer } from '../../../flow/framing/framer.ts';
import type { Node, Plan, SourceNode } from '../../../query/plan/plan.ts';
import { printExpression } from '../../../query/text/printer.ts';
import {
  behindAccessLog,
  endsInReturns,
  type Foreign,
  foreignFormOf,
  LOOKED_AT,
  otherSeparator,
  type TextForm,
  textFormOf,
} from './input-form.ts';

/** The parsers that are told where the lines are evidently another's. */
const PARSERS: readonly string[] = ['json', 'csv', 'tsv', 'logfmt', 'clf'] satisfies TextForm[];
const CALLED: { readonly [form in TextForm]: string } = {
  json: 'JSON',
  csv: 'CSV',
  tsv: 'tab-separated values',
  logfmt: 'logfmt',
  clf: 'an access log',
};

/** So many characters are shown of what stands behind a line, at most. */
const LONGEST_SHOWN = 60;

/**
 * Looks at the start of each file, client or pipe, and tells where it is evidently not what the program reads: packed, in UTF-16, with
 * other line ends, CSV for `json`. Each of these is told once a source. It changes nothing of what is read. It judges when so many bytes have
 * come as it looks at, whatever pieces they come in, or when no more do.
 */
export class Recognition {
  /** What to write so that it would be read, of what was told last. */
  wayOut: string | undefined;
  private readonly plan: Plan;
  private readonly note: (message: string, about: string) => void;
  private readonly told = new Set<string>();
  /** What has come of origins that are not judged yet. */
  private readonly heads = new Map<Origin, { readonly source: SourceNode; bytes: Buffer }>();

  /** @param note tells the user, once for all that is about the same, in other threads too. */
  constructor(plan: Plan, note: (message: string, about: string) => void) {
    this.plan = plan;
    this.note = note;
  }

  /** @param bytes of the next chunk of an origin. */
  look(source: SourceNode, origin: Origin, bytes: Uint8Array): void {
    const head = this.heads.get(origin);
    // Of one that is judged some lines were read. A list of those would grow with each client that comes and goes.
    if (head === undefined && origin.lines > 0) return;
    // The one before has come to its end, unless it is live.
    if (head === undefined) this.finish();
    const first = asBuffer(bytes).subarray(0, LOOKED_AT - (head?.bytes.length ?? 0));
    this.heads.set(origin, {
      source,
      bytes: head === undefined ? Buffer.from(first) : Buffer.concat([head.bytes, first]),
    });
    if (this.heads.get(origin)!.bytes.length === LOOKED_AT) this.finish();
  }

  /** Judges by what has come. @param least so many line ends have to have come: of live data there may be more soon. */
  finish(least = 0): void {
    for (const [origin, { source, bytes }] of this.heads) {
      if (least > 0 && countNewlines(bytes) < least) continue;
      this.heads.delete(origin);
      this.judge(source, origin.name, bytes);
    }
  }

  private judge(source: SourceNode, name: string, first: Buffer): void {
    const foreign = foreignFormOf(first);
    if (foreign !== undefined) {
      const way = wayOut(source, name, foreign);
      this.tell(source, foreign.what, `${name} is ${foreign.what}${way === undefined ? '' : `: ${way}`}`, way);
    } else if (endsInReturns(first)) {
      const way = `${printExpression(withReturns(source))} reads them`;
      this.tell(source, 'returns', `${name} ends its lines with \\r alone, a carriage return without \\n: ${way}`, way);
    } else {
      this.lookAtText(source, name, first);
    }
  }

  private lookAtText(source: SourceNode, name: string, first: Buffer): void {
    const parser = parserBehind(this.plan, source);
    const added = parser === 'clf' ? behindAccessLog(first) : undefined;
    if (added !== undefined) {
      const shown = added.length > LONGEST_SHOWN ? `${added.slice(0, LONGEST_SHOWN)}…` : added;
      const field = /^([A-Za-z]\w*)=/.exec(added)?.[1];
      const way = field === undefined ? '/(?<last>\\S+)$/' : `/${field}=(?<${field}>\\S+)/`;
      const what = `${name} has more than \`clf\` gives (${shown}): \`regex(${way})\` in its place reads what it is told`;
      this.tell(source, 'more than clf', what, undefined);
    }
    const form = parser === undefined ? undefined : textFormOf(first);
    const separator = parser === 'csv' && form === undefined ? otherSeparator(first) : undefined;
    if (separator !== undefined) {
      const way = `write \`csv(delimiter: ${toJson(separator)})\` for \`csv\``;
      this.tell(source, separator, `${name} looks like CSV with \`${separator}\` between its fields: ${way}`, way);
    }
    if (form === undefined || form === parser) return;
    const way = `write \`${form}\` for \`${parser}\``;
    this.tell(source, form, `${name} looks like ${CALLED[form]}: ${way}`, way);
  }

  private tell(source: SourceNode, kind: string, message: string, way: string | undefined): void {
    const key = `${this.plan.sources.indexOf(source)} ${kind}`;
    if (this.told.has(key)) return;
    this.told.add(key);
    this.wayOut = way;
    this.note(message, `form ${key}`);
  }
}

/** The parser that the lines of a source come to, as they are; undefined where there is none, or several. */
function parserBehind(plan: Plan, source: SourceNode): string | undefined {
  for (let node: Node = source; ; ) {
    const [next, ...others]: readonly Node[] = plan.consumers.get(node)!;
    if (next?.kind !== 'stage' || others.length > 0) return undefined;
    const { name, behaviour } = next.definition;
    if (PARSERS.includes(name)) return isAsUsual(next.arguments) ? name : undefined;
    if (behaviour.kind !== 'record' || next.type.kind !== 'string') return undefined;
    node = next;
  }
}

/** With another delimiter, what looks like something else may be as it was meant. */
function isAsUsual({ delimiter }: { readonly [name: string]: unknown }): boolean {
  return delimiter === undefined || delimiter === ',' || delimiter === '\t';
}

function wayOut(source: SourceNode, name: string, { command }: Foreign): string | undefined {
  if (command === undefined) return undefined;
  if (source.definition.isDefault) return `${command} FILE | leat '…' reads it`;
  if (source.definition.opensFiles !== true) return undefined;
  return `exec(${toJson(`${command} ${quoted(name)}`)}) | … reads it`;
}

/** A name as a word of the shell. */
function quoted(name: string): string {
  return /^[\w./-]+$/.test(name) ? name : `'${name.replaceAll("'", `'\\''`)}'`;
}

/** The source as it is written, with the line end that it has. */
function withReturns({ call }: SourceNode): SourceNode['call'] {
  const value = { kind: 'literal', value: '\r', text: '"\\r"', place: call.place } as const;
  return { ...call, bracketed: true, arguments: [...call.arguments, { name: 'delimiter', value }] };
}
