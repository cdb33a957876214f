import type { Origin } from '../define/chunk.ts';
import type { SourceContext } from '../define/context.ts';
import type { Framer, Progress } from '../define/framer.ts';
import type { Position } from '../define/position.ts';
import { InSteps } from '../framing/in-steps.ts';
import type { TextArguments } from '../framing/text.ts';
import { receive } from '../input/receiving.ts';
import { type Head, KeyedFramer, keyedBytes } from './keyed-framer.ts';
import { KnownKeys } from './known-keys.ts';

interface KeyedSettings {
  readonly args: TextArguments;
  readonly context: SourceContext;
  /** What an earlier run knew of keys. */
  readonly from: Position | undefined;
}

/**
 * What a source takes as a whole or not at all, each a place of its own that data comes from: so each has lines of its own, and what is read of it ends with it. What has a
 * key is taken once: its key is kept together with its bytes, or not at all.
 */
export class KeyedPlaces {
  private readonly settings: KeyedSettings;
  private readonly keys: KnownKeys;
  /** By key, those that are on their way: who sends such a one again waits with who sent it first. */
  private readonly underway = new Map<string, Promise<void>>();

  constructor(settings: KeyedSettings) {
    this.settings = settings;
    this.keys = new KnownKeys(settings.from);
  }

  readonly framer = (origin: Origin, progress?: Progress): Framer => {
    const { args, context } = this.settings;
    const framing = { args, context, begun: ({ key }: Head) => this.begun(key) };
    return new InSteps(new KeyedFramer(framing, origin, progress), context.signal);
  };

  /** Undefined where a key is none that was taken; else resolves when what has it is safe. */
  known(key: string): Promise<void> | undefined {
    return this.underway.get(key) ?? (this.keys.has(key) ? this.kept() : undefined);
  }

  /**
   * Takes what has come whole, from `peer`, and was not known.
   *
   * @returns a promise where there is no room for more; and when what came is safe.
   */
  take(
    peer: string,
    head: Head,
    body: Buffer,
  ): { readonly full: Promise<void> | undefined; readonly done: Promise<void> } {
    const { key } = head;
    const framer = receive(peer, this.settings.context, this.framer);
    const full = framer.push(keyedBytes(head, body));
    const done = this.finish(framer, key);
    if (key !== undefined) this.underway.set(key, done);
    return { full, done };
  }

  private async finish(framer: Framer, key: string | undefined): Promise<void> {
    try {
      await framer.end();
      await this.kept();
    } finally {
      if (key !== undefined) this.underway.delete(key);
    }
  }

  /** Resolves when all that was taken is safe. */
  private kept(): Promise<void> {
    return this.settings.context.kept?.() ?? Promise.resolve();
  }

  /** A key is known from here on; where the run is kept, by the position behind what comes now. */
  private begun(key: string | undefined): void {
    if (key === undefined) return;
    const { context } = this.settings;
    const behind = this.keys.add(key);
    if (behind.length > 0 && context.receive !== undefined) void context.deliver({ kind: 'position', behind });
  }
}
