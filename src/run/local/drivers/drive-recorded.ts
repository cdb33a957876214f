import { RunFailure } from '../../../base/problem.ts';
import type { Origin } from '../../../flow/define/chunk.ts';
import type { BoundArguments } from '../../../flow/define/parameters.ts';
import type { Split } from '../../../flow/define/position.ts';
import type { SessionEvent } from '../../../flow/define/session-event.ts';
import type { PlayedEvent, SourceBehaviour } from '../../../flow/define/source.ts';
import { chunkOf } from '../../../flow/input/session.ts';
import type { OpenSource } from '../reading/open-sources.ts';
import { type Core, type Driven, hadAllBatches, sinksReady } from './core.ts';
import { readAll } from './drive-bounded.ts';
import { Pace } from './pace.ts';

/** How many events are worked on before timers and signals get their turn. */
const EVENTS_BETWEEN_TURNS = 4096;

/**
 * Recorded sessions on a virtual clock: a record comes at the time at which it came, and a batch is closed when it was closed.
 *
 *     session    start  a  b   tick  tick  c   partial tick
 *     batches    [      a  b ] [   ] [     c … the end of the run closes it
 *
 * Where a kept run went on behind a partial tick, that closes its batch as it did there.
 * Several sessions are merged by time. Bounded sources beside them are read into the first batch.
 */
export async function driveRecorded(core: Core): Promise<Driven> {
  const sessions = core.sources.all.flatMap((source) =>
    source.behaviour.kind === 'recorded' ? [new Session(core, source, source.behaviour)] : [],
  );
  try {
    refuseOthers(core);
    return await new RecordedDriver(core, sessions).drive();
  } finally {
    for (const session of sessions) await session.leave();
  }
}

/** What has a clock of its own, or batches of its own, cannot stand beside a session. */
function refuseOthers({ sources, options }: Core): void {
  const other = sources.all.find(({ behaviour: { kind } }) => kind === 'batches' || (kind === 'live' && !options.once));
  if (other === undefined) return;
  const message = `\`replay\` goes by the times of its session, and \`${other.node.definition.name}\` beside it does not`;
  throw new RunFailure('replay-beside', 2, message, 'record both sources in one session');
}

class RecordedDriver {
  private readonly core: Core;
  private readonly sessions: readonly Session[];
  private readonly pace: Pace;
  private readonly start: number;
  /** The last tick that was seen closed its batch in time. */
  private endsWhole = false;
  /** The batch that the end of a run has cut short, ms, unless it was gone on with. */
  private cutShort: { readonly session: Session; readonly end: number } | undefined;

  constructor(core: Core, sessions: readonly Session[]) {
    this.core = core;
    this.sessions = sessions;
    this.pace = new Pace(core);
    this.start = Math.min(...sessions.map(({ behaviour }) => behaviour.start));
  }

  async drive(): Promise<Driven> {
    const { core, sessions } = this;
    await this.pace.reach(this.start);
    await readAll(core);
    for (const session of sessions) await session.advance();
    for (let handled = 1; !core.signal.aborted && core.sources.isOpen; handled++) {
      const session = earliest(sessions);
      if (session?.next === undefined) break;
      await this.handle(session, session.next);
      await session.advance();
      if (core.blocked() !== undefined) await sinksReady(core);
      if (handled % EVENTS_BETWEEN_TURNS === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    return {
      lastIsWhole: core.timing.isOneBatch && (this.endsWhole || !core.sources.isOpen),
      isOver: !core.signal.aborted,
    };
  }

  private async handle(session: Session, event: SessionEvent): Promise<void> {
    const { core } = this;
    const { duration = Number.POSITIVE_INFINITY } = core.options;
    if (event.kind === 'cut') {
      core.reports.note(`the last line of ${session.path}, line ${event.line}, is cut off: what it held is left out`);
      return;
    }
    this.closeCutShort(session);
    if (event.time - this.start > duration) core.stop();
    if (!core.timing.isOneBatch) {
      if (event.kind === 'pause') this.pace.leap(event.time);
      else await this.pace.reach(event.time);
    }
    if (core.signal.aborted) return;
    core.batches.moveClock(event.time);
    if (event.kind === 'record') session.read(event);
    else if (event.kind === 'tick' && event.partial) {
      // It is not behind the source yet: who goes on from here has to know of it.
      this.cutShort = { session, end: event.time };
      this.endsWhole = false;
    } else {
      session.pass();
      if (event.kind === 'tick') this.endsWhole = true;
    }
    if (event.kind === 'tick' && !event.partial) this.closeUpTo(event.time, false);
    if (hadAllBatches(core)) core.stop();
  }

  /** Closes the batch that a session's run has cut short, since something of it follows. */
  private closeCutShort(session: Session): void {
    if (this.cutShort?.session !== session) return;
    const { end } = this.cutShort;
    this.cutShort = undefined;
    this.closeUpTo(end, true);
    if (hadAllBatches(this.core)) this.core.stop();
  }

  /** Closes the batch under way, unless it ends later. */
  private closeUpTo(time: number, partial: boolean): void {
    const { core } = this;
    if (!core.timing.isOneBatch && core.batches.end <= time) core.tick(partial);
  }
}

/** The session whose next event came first; of several at one time, the first of the program. */
function earliest(sessions: readonly Session[]): Session | undefined {
  let first: Session | undefined;
  for (const session of sessions) {
    if (session.next !== undefined && (first?.next === undefined || isBefore(session.next, first.next)))
      first = session;
  }
  return first;
}

/** A record comes before a tick of its time, and before a pause that ends then: it belongs to the batch that the tick closes. */
function isBefore(event: SessionEvent, other: SessionEvent): boolean {
  if (event.time !== other.time) return event.time < other.time;
  return event.kind === 'record' && other.kind !== 'record';
}

/** One session, an event after the other. */
class Session {
  readonly behaviour: Extract<SourceBehaviour<BoundArguments>, { kind: 'recorded' }>;
  /** Its file, as the program names it. */
  readonly path: string;
  /** Undefined before the first, and when there are no more. */
  next: SessionEvent | undefined;
  private behind: Split | undefined;
  private readonly core: Core;
  private readonly source: OpenSource;
  private readonly events: AsyncIterator<PlayedEvent>;
  private readonly origins = new Map<number, Origin>();

  constructor(core: Core, source: OpenSource, behaviour: Session['behaviour']) {
    this.core = core;
    this.source = source;
    this.behaviour = behaviour;
    this.path = String(source.node.arguments.path);
    this.events = behaviour.open(source.node.arguments, source.from)[Symbol.asyncIterator]();
  }

  async advance(): Promise<void> {
    const { done, value } = await this.events.next();
    this.next = done === true ? undefined : value.event;
    this.behind = done === true ? undefined : value.behind;
  }

  /** The next event is behind the source now, though it gave no record. */
  pass(): void {
    if (this.behind !== undefined) this.source.reader.read({ kind: 'position', behind: [this.behind] });
  }

  read({ origin: number, name, content }: Extract<SessionEvent, { kind: 'record' }>): void {
    let origin = this.origins.get(number);
    if (origin === undefined) {
      const split = this.source.from?.find(({ key }) => key === `${number}`);
      const firstLine = 'opened' in content ? content.firstLine : undefined;
      origin = this.core.sources.origin(this.source, name, firstLine, split);
      this.origins.set(number, origin);
    }
    const chunk = chunkOf(content, origin);
    if (chunk === undefined) this.pass();
    else this.source.reader.read({ ...chunk, ...(this.behind === undefined ? {} : { behind: this.behind }) });
  }

  /** The file is closed, also where the run ended before its end. */
  async leave(): Promise<void> {
    await this.events.return?.();
  }
}
