import type { Value } from '../../base/value.ts';
import type { PrintFormat, SinkContext } from '../define/context.ts';
import type { PartWriter, SinkParts, SinkStart } from '../define/sink.ts';
import type { Span } from '../define/span.ts';
import type { Saved } from './saved-files.ts';
import { TargetSink, targetsOf } from './target.ts';

interface PartedOptions {
  /** What the user calls it in messages. */
  readonly name: string;
  readonly saved: Saved;
  /** The path of a part of a batch. */
  readonly nameOf: (span: Span, part: number) => string;
  readonly format: PrintFormat;
  /** Whether an empty batch has a part too. */
  readonly empty: boolean;
  readonly context: SinkContext;
}

/** A file that is one of a batch. */
interface Part {
  readonly aside: Value;
  readonly number: number;
}

/**
 * A batch as several files. Others write them and put them aside, so that nobody sees them; here they get their names when the batch is over, one after the other, and
 * whoever goes back to a mark takes all of them back.
 *
 *     elsewhere    part 0 ─▶ put aside ─┐    part 1 ─▶ put aside ─┐
 *     here         take ◀───────────────┴────────────────────────┘ ─close─▶ named 0, named 1
 */
export class PartedSink extends TargetSink {
  readonly parts: SinkParts;
  private readonly saved: Saved;
  private readonly nameOf: PartedOptions['nameOf'];
  /** Of the open batch. */
  private taken: Part[] = [];
  private next = 0;
  /** The number of the part that was written here, of each batch that is being closed. */
  private readonly own: Map<Span, number>;

  /** @param from what it goes on from. */
  constructor({ name, saved, nameOf, format, empty, context }: PartedOptions, from: SinkStart | undefined) {
    const own = new Map<Span, number>();
    const targets = targetsOf(from);
    super({
      name,
      begin: () => saved.begin(),
      ...(targets === undefined ? {} : { goBack: () => saved.goBack(targets) }),
      open: () => saved.open((span) => nameOf(span, own.get(span) ?? 0)),
      mark: () => saved.mark(),
      per: 'batch',
      format,
      empty,
      from: from?.mark,
      context,
    });
    this.saved = saved;
    this.nameOf = nameOf;
    this.own = own;
    const sink = this;
    this.parts = {
      get next() {
        return sink.next;
      },
      take(aside, number) {
        sink.taken.push({ aside, number });
        sink.next = number + 1;
      },
      drop: (aside) => sink.output.after(() => saved.remove(aside)),
    };
  }

  override close(span: Span): void {
    const { taken, saved, nameOf, next } = this;
    this.taken = [];
    this.next = 0;
    for (const { aside, number } of taken) this.output.after(() => saved.adopt(aside, nameOf(span, number)));
    // Of a batch that has parts there is no empty one beside them.
    if (taken.length > 0 && !super.isHolding) return;
    this.own.set(span, next);
    super.close(span);
    this.output.after(async () => void this.own.delete(span));
  }

  override get isHolding(): boolean {
    return this.taken.length > 0 || super.isHolding;
  }

  override get isClear(): boolean {
    return this.taken.length === 0 && super.isClear;
  }

  override async finish(): Promise<void> {
    // A batch that was not closed is no answer.
    for (const { aside } of this.taken) this.output.after(() => this.saved.remove(aside));
    this.taken = [];
    await super.finish();
  }
}

/** One part of a batch, see {@link PartedSink}. */
export class PartFile extends TargetSink implements PartWriter {
  private readonly aside: { value?: Value };

  /** @param number of it in its batch. */
  constructor({ name, saved, nameOf, format, context }: PartedOptions, number: number) {
    const aside: { value?: Value } = {};
    super({
      name,
      open: async () => {
        const target = await saved.open((span) => nameOf(span, number));
        const close = async (span: Span | undefined) => {
          aside.value = await target.putAside(nameOf(span!, number));
        };
        return { ...target, close };
      },
      per: 'batch',
      format,
      context,
    });
    this.aside = aside;
  }

  get written(): Value | undefined {
    return this.aside.value;
  }
}
