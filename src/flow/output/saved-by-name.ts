import type { Value } from '../../base/value.ts';
import type { SinkStart } from '../define/sink.ts';
import type { Span } from '../define/span.ts';
import type { KeyedTargets } from './keyed-sink.ts';
import { OpenFiles, type Pausable } from './open-files.ts';
import type { Saved } from './saved-files.ts';
import type { Target } from './target.ts';

/** Files of a batch, one for each name, of which few are open at a time. */
export class SavedByName implements KeyedTargets {
  private readonly saved: Saved;
  private readonly nameOf: (name: string, span: Span) => string;
  private readonly from: SinkStart | undefined;
  private readonly targets = new Map<string, Target & Pausable>();
  private readonly open = new OpenFiles<Target & Pausable>();

  /** @param nameOf the path of the file of a name, given the span that it is closed with. */
  constructor(saved: Saved, nameOf: (name: string, span: Span) => string, from: SinkStart | undefined) {
    this.saved = saved;
    this.nameOf = nameOf;
    this.from = from;
  }

  async begin(): Promise<void> {
    await this.saved.begin();
  }

  goBack(): Promise<void> {
    return this.saved.goBack(this.from!);
  }

  async write(name: string, bytes: Uint8Array): Promise<void> {
    let target = this.targets.get(name);
    if (target === undefined) {
      target = await this.saved.open((span) => this.nameOf(name, span));
      this.targets.set(name, target);
    }
    await this.open.use(target);
    await target.write(bytes);
  }

  async close(span: Span): Promise<void> {
    for (const [name, target] of this.targets) {
      await this.open.use(target);
      await target.close(span);
      this.open.forget(target);
      this.targets.delete(name);
    }
  }

  mark(): Promise<Value> {
    return this.saved.mark();
  }

  async finish(): Promise<void> {}

  async abandon(): Promise<void> {
    for (const target of this.targets.values()) await target.abandon();
    this.targets.clear();
  }
}
