import { randomBytes } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import { RunFailure } from '../../base/problem.ts';
import type { Value } from '../../base/value.ts';
import type { Drawing } from '../../flow/define/context.ts';
import type { ViewIntake, ViewWish } from '../../flow/define/view.ts';
import { reasonOf } from '../../flow/input/fault.ts';
import { sinkFailure } from '../../flow/output/failure.ts';
import type { Plan } from '../../query/plan/plan.ts';
import type { Served } from '../local/options/local-options.ts';
import { mannerOf } from '../local/output/manner.ts';
import { Events } from './batch-text.ts';
import { Feed } from './feed.ts';
import { KeptResults } from './kept-results.ts';
import type { RunLook } from './look.ts';
import type { Page } from './page.ts';
import { pictureOf } from './picture.ts';
import { Refusal } from './refusal.ts';
import { nameOf, rowKeysOf } from './row-keys.ts';
import { savedPage } from './saved-page.ts';
import { ServedAddress } from './served-address.ts';
import type { ServedView } from './served-view.ts';
import type { CompleteStages } from './site.ts';
import { sumsOf } from './sums.ts';
import { View } from './view.ts';
import { alertsAround } from './view-alerts.ts';

interface ServiceSettings {
  readonly plan: Plan;
  readonly look: RunLook;
  /** The files of the page. */
  readonly page: Page;
  /** What a thread runs that works on results. */
  readonly thenScript: URL;
  readonly complete: CompleteStages;
  /** That of the run. */
  readonly clock: Clock;
  /** When what is kept is not served any more though nobody ends the run, ms since the epoch. */
  readonly until: number;
}

/** All that a run serves: views, by the address where they are; and those that nobody looks at, which are kept to be saved. */
export class Service {
  private readonly settings: ServiceSettings;
  /** All views, in the order of the program. */
  private readonly views: ServedView[] = [];
  private readonly addresses = new Map<string, ServedAddress>();
  /** What tells this run from others. */
  private readonly run = randomBytes(4).toString('hex');

  constructor(settings: ServiceSettings) {
    this.settings = settings;
  }

  /** A sink whose records are a view. What cannot be served fails the run. */
  open(wish: ViewWish, of: Served, from?: Value): ViewIntake {
    const { clock } = this.settings;
    const address = wish.port === undefined ? undefined : this.addressOf(wish, of);
    const { isAggregated, isFlowing, isRunning } = mannerOf(of.node.input);
    const { rhythm, type } = of.node.input;
    const view = new View({
      name: this.nameAt(address, wish, of),
      keep: wish.keep,
      rowKeys: rowKeysOf(of.node.input, isAggregated),
      isLog: isFlowing,
      isRunning,
      interval: rhythm.kind === 'batches' ? of.run.interval : rhythm.slide,
      type,
    });
    const events = new Events(view.name, this.run);
    const { plan, look } = this.settings;
    const alerts = alertsAround(plan, of.node, () => look.state().alerts());
    const sums = sumsOf(of.node.input);
    const served = { view, events, feed: new Feed(view, events, clock), wish, sums, alerts };
    this.views.push(served);
    address?.add(served);
    return sinkInto(view, address, of, keptResults(view, events, of, from));
  }

  /** All views as a page by itself, as they are now. */
  savedPage(): string {
    const { page, look, clock } = this.settings;
    return savedPage(page, { ...look, isOver: () => true }, this.views, clock.now());
  }

  /** The pictures of all views of which there is something to draw. */
  pictures(): readonly Drawing[] {
    return this.views.flatMap(({ view }) => {
      try {
        return [pictureOf(view)];
      } catch (error) {
        if (error instanceof Refusal) return [];
        throw error;
      }
    });
  }

  private addressOf(wish: ViewWish, of: Served): ServedAddress {
    const key = `${wish.host} ${wish.port}`;
    const known = this.addresses.get(key);
    if (known !== undefined) {
      known.join(wish);
      return known;
    }
    const address = new ServedAddress(wish, { ...this.settings, run: of.run, runName: this.run });
    this.addresses.set(key, address);
    return address;
  }

  private nameAt(address: ServedAddress | undefined, { name }: ViewWish, { node, run }: Served): string {
    const wanted = name ?? nameOf(this.settings.plan, node);
    const has = (name: string) => address?.has(name) ?? this.views.some(({ view }) => view.name === name);
    if (!has(wanted)) return wanted;
    if (name !== undefined) {
      run.fail(
        new RunFailure('same-view', 2, `two views of one page have the name ${name}`, 'give one of them another name'),
      );
    }
    let number = 2;
    while (has(`${wanted}${number}`)) number++;
    return `${wanted}${number}`;
  }
}

/** Keeps the results of a view where the run is kept, and shows those that an earlier one has left there. */
function keptResults(view: View, events: Events, { keptAt, run }: Served, from: Value | undefined) {
  if (keptAt === undefined) return undefined;
  const kept = new KeptResults(keptAt, events, view.ring);
  if (from === undefined) return kept;
  try {
    view.restore(kept.restore(from));
    return kept;
  } catch (error) {
    run.note(`what ${view.name} has shown before cannot be read: ${reasonOf(error)}`);
    return new KeptResults(keptAt, events, view.ring);
  }
}

/** Takes records into a view, which is there for some time behind the end of the input: see {@link ServedAddress.linger}. */
function sinkInto(
  view: View,
  address: ServedAddress | undefined,
  { signal, recordsIn, run, ground }: Served,
  kept: KeptResults | undefined,
): ViewIntake {
  if (kept !== undefined) view.follow({ batch: (batch) => kept.add(batch), end() {} });
  /** Resolves when all that was closed is shown: where the run is kept, when it is written down what it follows from. */
  let shown: Promise<void> | undefined;
  const show = (put: () => void) => {
    const stoodOn = ground?.();
    if (stoodOn === undefined) return put();
    const before = shown;
    shown = (async () => {
      await before;
      // Where nothing can be written down any more, the run ends and says why.
      const isWritten = await stoodOn.written().then(
        () => true,
        () => false,
      );
      if (isWritten) put();
    })();
  };
  const leave = async () => {
    await shown;
    view.end();
    await kept?.close();
    await address?.leave();
  };
  const linger = async () => {
    await address?.opened;
    await shown;
    await address?.linger(signal);
  };
  const mark = async () => {
    await shown;
    try {
      return await kept!.mark();
    } catch (error) {
      run.fail(sinkFailure(`the results of ${view.name}`, error));
      return undefined;
    }
  };
  return {
    ...(kept === undefined ? {} : { mark }),
    push: (record) => view.push(record),
    close: (span) => show(view.seal(span, recordsIn(span))),
    blocked: () => undefined,
    leave,
    linger,
    async finish() {
      await linger();
      await leave();
    },
  };
}
