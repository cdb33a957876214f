/**
 * The whole of a live run of `listen` or `connect` under one seed, over a network of which nothing is but its two ends: lines come in pieces of
 * any size, connections end and break off, clients are turned away, servers are not there, and nobody takes what comes out for a while.
 *
 * Each line is in the batch in which its last byte came, an unfinished one in that in which its connection ended, once, those of one connection in
 * their order. Where more came than is kept, a connection waits, and nothing is lost of it. Who is not there is tried again after the pauses
 * that are promised, and no sooner. Once the run is over nobody listens and no connection is left.
 */
import { isUtf8 } from 'node:buffer';
import { RunFailure } from '../../src/base/problem.ts';
import { aggregates, functions, sinks, sources, stages } from '../../src/flow/catalog.ts';
import { compileProgram } from '../../src/query/compile.ts';
import { createScope } from '../../src/query/plan/expression/scope.ts';
import { LocalRun } from '../../src/run/local/local-run.ts';
import { optionsOf } from '../support/two-sources.ts';
import { ShutterOutput, SimulatedClock } from './instruments.ts';
import { type Arrival, batchOf, inTime, judge, type Seen } from './judge.ts';
import { LET_IN, type NetworkHappening, type NetworkWorld, networkWorldOf } from './network-world.ts';
import { type Answer, SimulatedNetwork, type SimulatedSocket } from './sockets.ts';
import { settle } from './tap.ts';

/** ms until one who is not there is tried again: twice as long each time, up to the last. */
const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 30_000;

/** What may be taken while nobody takes what comes out: 4 MB, and the piece that is one too many of each connection. */
const MOST_TAKEN = 4 * 1024 * 1024 + 4 * 1024 * 1024;

/** A line of a flood, without its number: 80 kB. */
const LONG = 'x'.repeat(80_000);

/** Simulates the run of a seed. @returns what is wrong with it; undefined if nothing is. */
export async function simulateNetwork(seed: number): Promise<string | undefined> {
  const world = networkWorldOf(seed);
  const told = (what: string) =>
    `seed ${seed}: ${what.slice(0, 3000)}\n${JSON.stringify(world)}\nagain: LEAT_SEED=${seed} npx vitest run test/simulator/network.test.ts`;
  try {
    const simulation = new NetworkSimulation(world);
    const seen = await simulation.live();
    const wrong = simulation.wrong ?? (await simulation.judged(seen));
    return wrong && told(wrong);
  } catch (error) {
    return told(String(error));
  }
}

/** A connection as its other end sees it. */
interface Talk {
  readonly socket: SimulatedSocket;
  /** Its number, which its lines of floods begin with. */
  readonly number: number;
  /** What it has begun and not ended. */
  unfinished: Buffer;
  /** Its lines. */
  readonly lines: string[];
  hasSpoken: boolean;
}

/** A run under way in its world. */
class NetworkSimulation {
  /** The first thing that was not as it is promised. */
  wrong: string | undefined;
  private readonly world: NetworkWorld;
  private readonly clock = new SimulatedClock(0);
  private readonly stdout = new ShutterOutput();
  private readonly network: SimulatedNetwork;
  private readonly arrivals: Arrival[] = [];
  private readonly talks: Talk[] = [];
  /** Those that go on, by client. */
  private readonly open = new Map<number, Talk>();
  /** Whether more came than was taken at once: then nobody knows which batch it belongs to. */
  private isHeldUp = false;
  /** Bytes that were taken since the output was shut. */
  private taken = 0;
  private pause = FIRST_PAUSE;
  /** When the other machine is to be tried again, ms; undefined where there is a connection, or one is waited for. */
  private due: number | undefined = 0;
  /** A connection that the run waits for. */
  private unanswered: SimulatedSocket | undefined;
  private readonly run: LocalRun;

  constructor(world: NetworkWorld) {
    this.world = world;
    this.network = new SimulatedNetwork((socket, answer) => this.dialled(socket, answer));
    const batchTime = { time: 0 };
    const source = world.source === 'listen' ? `listen(9999, clients: ${LET_IN})` : 'connect("a.example", 9999)';
    const plan = compileProgram(world.program.replace('SOURCE', source), {
      words: { sources, stages, aggregates, sinks },
      expressions: createScope({ functions, imports: new Map(), now: () => batchTime.time }),
      interval: world.interval,
    });
    const options = optionsOf(world, { clock: this.clock, stdout: this.stdout });
    this.run = new LocalRun(plan, { ...options, sockets: this.network }, batchTime);
  }

  async live(): Promise<Seen> {
    const { world, run, clock, stdout, arrivals } = this;
    const ran = run.run();
    await settle();
    for (const happening of world.happenings) {
      if (run.signal.aborted || this.wrong !== undefined) break;
      await this.happen(happening);
      await settle();
      this.lookAtPressure();
    }
    await this.lookAtRest();
    const isPrompt = !stdout.isShut && !this.isHeldUp;
    const wasOver = run.signal.aborted;
    while (isPrompt && clock.ring(clock.next)) await settle();
    const end = clock.next;
    const batchesAtStop = run.state().batches;
    // What was begun counts, in the order in which they connected.
    if (!wasOver) for (const talk of this.talks) if (this.open.get(this.clientOf(talk)) === talk) this.end(talk);
    if (world.ending === 'stop') run.stop();
    if (world.ending === 'closed') run.closeOutput();
    if (world.ending === 'failed') run.fail(new RunFailure('sink-failed', 4, 'the disk is full'));
    await settle();
    stdout.open();
    const result = await inTime(ran);
    await settle();
    this.wrong ??= this.network.left;
    return { text: stdout.text, result, arrivals, batchesAtStop, end, ended: clock.next, isPrompt, wasOver };
  }

  /** @returns what is wrong with what came out. */
  async judged(seen: Seen): Promise<string | undefined> {
    const { world } = this;
    if (!this.isHeldUp) return judge({ ...world, program: world.program.replace('SOURCE', 'left') }, seen);
    if (world.ending !== 'stop' || seen.wasOver) return undefined;
    const out = printed(seen.text);
    const came = seen.arrivals.filter(({ line }) => line !== undefined).length;
    if (out.length !== came) return `${out.length} lines came out, not ${came}`;
    // Several connections that wait are read in any order.
    return this.talks
      .filter(({ lines }) => !isInOrder(lines, out))
      .map(({ number }) => `what came of connection ${number} is not in its order, or not there`)[0];
  }

  private async happen(happening: NetworkHappening): Promise<void> {
    const { clock, stdout } = this;
    switch (happening.kind) {
      case 'pass':
        await this.pass(happening.ms);
        break;
      case 'sleep':
        clock.sleep(happening.ms);
        break;
      case 'shut':
        if (!stdout.isShut) this.taken = 0;
        stdout.shut();
        break;
      case 'open':
        stdout.open();
        break;
      case 'dial':
        this.dial(happening.client);
        break;
      case 'answer':
        this.network.answer = happening.answer;
        break;
      case 'say':
        this.say(this.open.get(happening.client), Buffer.from(happening.bytes, 'latin1'));
        break;
      case 'flood':
        for (let i = 0; i < happening.lines; i++) {
          const talk = this.open.get(happening.client);
          this.say(talk, Buffer.from(`${talk?.number}:${i}${LONG}\n`));
        }
        break;
      case 'leave':
        this.leave(happening.client, false);
        break;
      case 'break':
        this.leave(happening.client, true);
        this.giveUp();
        break;
    }
  }

  /** Time goes on; what wakes up comes to its end before the next does. */
  private async pass(ms: number): Promise<void> {
    const until = this.clock.next + ms;
    while (this.clock.ring(until)) await settle();
    this.clock.reach(until);
    const { due, world } = this;
    if (world.source !== 'connect' || due === undefined || this.isHeldUp || this.run.signal.aborted) return;
    if (due <= until) this.wrong ??= `the other machine was to be tried again at ${due}, and was not by ${until}`;
  }

  /** The run has connected, or has tried to. */
  private dialled(socket: SimulatedSocket, answer: Answer): void {
    const now = this.clock.next;
    if (this.due === undefined || now < this.due) this.wrong ??= `tried again at ${now}, not at ${this.due}`;
    this.due = undefined;
    if (answer === 'up') this.begin(0, socket);
    else if (answer === 'mute') this.unanswered = socket;
    else this.tryLater();
  }

  /** The system has waited long enough for an answer. */
  private giveUp(): void {
    if (this.unanswered === undefined) return;
    this.unanswered.breakOff('ETIMEDOUT');
    this.unanswered = undefined;
    this.tryLater();
  }

  private tryLater(): void {
    this.due = this.clock.next + this.pause;
    this.pause = Math.min(this.pause * 2, LONGEST_PAUSE);
  }

  private dial(client: number): void {
    if (this.open.has(client)) return;
    // One that has left and is still to be read is there until it is.
    const there = this.talks.filter(({ socket: { destroyed } }) => !destroyed).length;
    const socket = this.network.dial();
    if ((socket === undefined) !== there >= LET_IN) {
      this.wrong ??= `with ${there} clients another was ${socket === undefined ? 'turned away' : 'let in'}`;
    }
    if (socket !== undefined) this.begin(client, socket);
  }

  private begin(client: number, socket: SimulatedSocket): void {
    const talk = { socket, number: this.talks.length, unfinished: Buffer.alloc(0), lines: [], hasSpoken: false };
    this.talks.push(talk);
    this.open.set(client, talk);
  }

  private say(talk: Talk | undefined, bytes: Buffer): void {
    if (talk === undefined || talk.socket.destroyed) return;
    talk.hasSpoken = true;
    talk.socket.receive(Buffer.from(bytes));
    if (talk.socket.isHeldUp) this.isHeldUp = true;
    else this.taken += bytes.length;
    let rest = Buffer.concat([talk.unfinished, bytes]);
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
      // A line end may be two characters.
      this.arrived(talk, rest.subarray(0, rest[end - 1] === 13 ? end - 1 : end));
      rest = rest.subarray(end + 1);
    }
    talk.unfinished = rest;
  }

  private leave(client: number, isBroken: boolean): void {
    const talk = this.open.get(client);
    if (talk === undefined) return;
    this.end(talk);
    this.open.delete(client);
    if (isBroken) talk.socket.breakOff('ECONNRESET');
    else talk.socket.leave();
    if (this.world.source === 'listen') return;
    if (talk.hasSpoken) this.pause = FIRST_PAUSE;
    this.tryLater();
  }

  /** What was begun is a line now. */
  private end(talk: Talk): void {
    const { unfinished } = talk;
    talk.unfinished = Buffer.alloc(0);
    if (unfinished.length > 0) this.arrived(talk, unfinished);
  }

  /** A line is whole. One that is cut off within a character is bad. */
  private arrived(talk: Talk, bytes: Buffer): void {
    // In the very ms of a tick, what comes behind it has missed it.
    const batch = Math.max(batchOf(this.clock.next, this.world), this.run.state().batches + 1);
    const line = isUtf8(bytes) ? bytes.toString() : undefined;
    if (line !== undefined) talk.lines.push(line);
    this.arrivals.push({ source: 'left', batch, line });
  }

  /** While nobody takes what comes out, so much is read and no more. */
  private lookAtPressure(): void {
    if (this.stdout.isShut && this.taken > MOST_TAKEN)
      this.wrong ??= `${this.taken} bytes were read, and nobody takes what comes out`;
  }

  /** Where what comes out is taken again, so is what had to wait. */
  private async lookAtRest(): Promise<void> {
    if (!this.isHeldUp || this.stdout.isShut || this.run.signal.aborted) return;
    const waits = () => this.talks.some(({ socket }) => !socket.destroyed && socket.isHeldUp);
    for (let turns = 0; waits() && turns < 1000; turns++) await settle();
    if (waits()) this.wrong ??= 'a connection waits, and there is room again';
  }

  private clientOf(talk: Talk): number {
    for (const [client, known] of this.open) if (known === talk) return client;
    return -1;
  }
}

/** The lines that came out, in order. */
function printed(text: string): readonly string[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .flatMap((line) => (JSON.parse(line) as { readonly records: readonly string[] }).records);
}

/** Whether some lines are among others in their order. */
function isInOrder(lines: readonly string[], among: readonly string[]): boolean {
  let at = 0;
  for (const line of among) if (line === lines[at]) at++;
  return at === lines.length;
}
