import type { Value } from '../../base/value.ts';
import type { PrintFormat, SinkContext } from '../define/context.ts';
import type { Sink, SinkStart } from '../define/sink.ts';
import type { Span } from '../define/span.ts';
import { createFormat } from '../formats/create.ts';
import type { Format } from '../formats/format.ts';
import { linesAsText } from '../formats/lines.ts';
import { sinkFailure } from './failure.ts';
import { QueuedOutput } from './output.ts';

/** A mark of the sink: where its targets are, and its look. */
interface Mark {
  readonly at: Value;
  readonly format: Value;
}

/** Where bytes go: one file, one connection, one process. Its methods reject where it has failed, and are called one after the other. */
export interface Target {
  /** Writes all of the bytes, which are the caller's again when it resolves. */
  write(bytes: Uint8Array): Promise<void>;
  /** Nothing more follows. Resolves when everything has arrived. `span` is the batch's, where there is a target a batch. */
  close(span: Span | undefined): Promise<void>;
  /** Given up, after a failure or in the middle of a batch: what is open is let go of. Never rejects. */
  abandon(): Promise<void>;
}

interface TargetSinkOptions {
  /** What the user calls it in messages. */
  readonly name: string;
  /** `lost` is told where it fails by itself, without a call under way. */
  readonly open: (lost: (error: unknown) => void) => Promise<Target>;
  /** One target for the whole run, opened at its start, or one for each batch, opened with its first record. */
  readonly per: 'run' | 'batch';
  readonly format: PrintFormat;
  /** The columns of a csv or tsv file that is there already. */
  readonly columns?: readonly string[] | undefined;
  /** What can be known to be wrong before there is something to write; called first. */
  readonly begin?: () => Promise<void>;
  /** Takes back what was written behind the mark that is gone on from; called before anything is written. */
  readonly goBack?: () => Promise<void>;
  /** Where all is that was written so far, when that is safe from a power cut. Absent where nobody can go back to it: then it has to be out. */
  readonly mark?: () => Promise<Value>;
  /** The mark that the sink goes on from. */
  readonly from?: Value | undefined;
  /** Whether an empty batch has a target too; counts only where there is one a batch. */
  readonly empty?: boolean;
  readonly context: SinkContext;
}

/** A sink that writes its look to targets: it knows batches, bounds and failures, so that a target need only know bytes. */
export class TargetSink implements Sink {
  private readonly options: TargetSinkOptions;
  protected readonly output: QueuedOutput;
  private format: Format;
  private target: Target | undefined;
  private given: Promise<void> = Promise.resolve();
  private isEmpty = true;

  constructor(options: TargetSinkOptions) {
    this.options = options;
    this.output = new QueuedOutput(
      async (bytes) => (await this.open()).write(bytes),
      (error) => {
        this.given = this.abandon();
        options.context.fail(sinkFailure(options.name, error));
      },
      // What nobody can go back to cannot be taken back.
      options.mark === undefined ? options.context.ground : undefined,
    );
    const from = options.from as unknown as Mark | undefined;
    this.format = this.createFormat(from?.format);
    const { begin, goBack } = options;
    if (begin !== undefined) this.output.after(begin);
    if (goBack !== undefined) this.output.after(goBack);
    // A wrong path or a host that is down is told at the start, not with the first record, perhaps hours later.
    if (options.per === 'run') this.output.after(async () => void (await this.open()));
  }

  push(record: Value): void {
    this.isEmpty = false;
    this.format.push(record);
  }

  lines(lines: Buffer): void {
    this.isEmpty = false;
    this.output.write(linesAsText(lines));
  }

  close(span: Span): void {
    const { per, empty, format } = this.options;
    const isLeftOut = per === 'batch' && this.isEmpty && empty !== true;
    this.isEmpty = true;
    if (isLeftOut) return;
    this.format.close(span, 0);
    if (per === 'run') {
      void this.output.flush();
      return;
    }
    this.output.after(async () => {
      await (await this.open()).close(span);
      this.target = undefined;
    });
    // Each file has a header of its own.
    if (format === 'csv' || format === 'tsv') this.format = this.createFormat();
  }

  flush(): void {
    if (this.options.per === 'run') void this.output.flush();
  }

  get isHolding(): boolean {
    return this.options.per === 'batch' ? !this.isEmpty : this.format.isHolding === true;
  }

  get isClear(): boolean {
    const { per, format } = this.options;
    return this.isEmpty || (per === 'run' && isLineByLine(format) && this.format.isHolding !== true);
  }

  blocked(): Promise<void> | undefined {
    return this.output.blocked();
  }

  async mark(): Promise<Value | undefined> {
    const { mark = async () => null } = this.options;
    const format = this.format.mark ?? null;
    return this.output.behind(async () => ({ at: await mark(), format }));
  }

  async leave(): Promise<void> {
    this.output.drop();
    await this.finish();
  }

  async finish(): Promise<void> {
    if (this.options.per === 'run') {
      this.output.after(async () => {
        const { target } = this;
        await target?.close(undefined);
        this.target = undefined;
      });
    }
    await this.output.flush();
    await this.given;
    // A batch that was not closed, since the run has failed, is no answer.
    await this.abandon();
  }

  private async open(): Promise<Target> {
    this.target ??= await this.options.open((error) => this.output.fail(error));
    return this.target;
  }

  private async abandon(): Promise<void> {
    const { target } = this;
    this.target = undefined;
    await target?.abandon();
  }

  private createFormat(from?: Value): Format {
    const { format, context, columns } = this.options;
    return createFormat(format, (text) => this.output.write(text), context, { columns, from });
  }
}

/** Whether a look gives each record by itself, so that a batch can be gone on with in the middle. */
export function isLineByLine(format: PrintFormat): boolean {
  return format === 'text' || format === 'json' || format === 'csv' || format === 'tsv';
}

/** What the targets of a sink go on from, where their sink does. */
export function targetsOf(start: SinkStart | undefined): SinkStart | undefined {
  return start && { ...start, mark: (start.mark as unknown as Mark).at };
}

const BY_EXTENSION: { readonly [extension: string]: PrintFormat } = {
  json: 'json',
  jsonl: 'json',
  ndjson: 'json',
  csv: 'csv',
  tsv: 'tsv',
};

/** The look that the end of a file's name asks for, packed or not: `json`, `.csv`, `out/a.tsv.gz`; text where it says none. */
export function formatOfName(name: string): PrintFormat {
  const extension = /[^./\\]*$/.exec(name.replace(/\.(?:gz|zst)$/i, ''))![0].toLowerCase();
  return Object.hasOwn(BY_EXTENSION, extension) ? BY_EXTENSION[extension]! : 'text';
}
