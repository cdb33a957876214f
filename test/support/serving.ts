/** Serves the results of a program by hand: batches are given by the test, and asked for over real connections. */
import { request } from 'node:http';
import { onTestFinished } from 'vitest';
import { type Clock, wallClock } from '../../src/base/clock.ts';
import type { RunFailure } from '../../src/base/problem.ts';
import type { Value } from '../../src/base/value.ts';
import { completeStages } from '../../src/cli/completion/program.ts';
import { aggregates, functions, sinks, sources, stages } from '../../src/flow/catalog.ts';
import type { Ground } from '../../src/flow/define/ground.ts';
import type { Sink } from '../../src/flow/define/sink.ts';
import type { Span } from '../../src/flow/define/span.ts';
import type { ViewWish } from '../../src/flow/define/view.ts';
import { compileProgram } from '../../src/query/compile.ts';
import { createScope } from '../../src/query/plan/expression/scope.ts';
import type { Plan, SinkNode } from '../../src/query/plan/plan.ts';
import type { AlertsOf } from '../../src/run/local/steps/alerts.ts';
import type { StageState } from '../../src/run/local/steps/stage-progress.ts';
import { Page } from '../../src/run/serve/page.ts';
import { Service } from '../../src/run/serve/service.ts';
import { sinkContext } from './sink.ts';

/** An answer of HTTP. */
export interface Answered {
  readonly status: number;
  readonly headers: { readonly [name: string]: string | string[] | undefined };
  readonly body: string;
}

interface AskOptions {
  readonly method?: string;
  readonly headers?: { readonly [name: string]: string };
}

export function planOf(program: string) {
  return compileProgram(program, {
    words: { sources, stages, aggregates, sinks },
    expressions: createScope({ functions, imports: new Map(), now: () => 0 }),
    interval: 1000,
  });
}

/** A program whose `serve` has port 0, at work until the test is over. */
export class Serving {
  readonly failures: RunFailure[];
  readonly notes: string[];
  readonly sinks: readonly Sink[];
  private readonly ending = new AbortController();
  private address = '';
  private ticks = 0;
  /** Which alerts are on. */
  alerts: (plan: Plan) => readonly AlertsOf[] = () => [];
  /** How far stages are. */
  stages: (plan: Plan) => readonly StageState[] = () => [];

  /** @param ground what results follow from, where the run is kept. @param until when it is over by itself, ms. */
  constructor(
    program: string,
    clock: Clock = wallClock,
    ground?: () => Ground,
    until: number = Number.POSITIVE_INFINITY,
  ) {
    const plan = planOf(program);
    const { context, reports } = sinkContext();
    this.failures = reports.failures;
    this.notes = reports.notes;
    const look = {
      program,
      version: '1.2.3',
      started: 0,
      nodes: plan.nodes,
      state: () => ({
        records: 5,
        bytes: 60,
        expected: undefined,
        bad: 1,
        late: 2,
        batches: 3,
        lag: 4,
        watermark: 5000,
        sources: [],
        alerts: () => this.alerts(plan),
        stages: () => this.stages(plan),
      }),
      stages: () => [],
    };
    const service = new Service({
      plan,
      look,
      clock,
      until,
      complete: completeStages,
      thenScript: new URL('../../bin/then-worker.js', import.meta.url),
      page: new Page(new URL('../../dist/web/', import.meta.url)),
    });
    const nodes = plan.nodes.filter(
      (node): node is SinkNode => node.kind === 'sink' && node.definition.serves === true,
    );
    this.sinks = nodes.map((node) => {
      const of = { node, run: context, signal: this.ending.signal, recordsIn: () => undefined, ground };
      const openView = (wish: ViewWish) => service.open(wish, of);
      return node.definition.create(node.arguments as never, { ...context, openView });
    });
    onTestFinished(() => this.end());
  }

  /** Resolves when it listens. */
  async listens(): Promise<string> {
    while (this.address === '' && this.failures.length === 0) {
      await new Promise((resolve) => setImmediate(resolve));
      this.address = /https?:\/\/[^ ]+/.exec(this.notes.find((note) => note.includes(' shows ')) ?? '')?.[0] ?? '';
    }
    return this.address;
  }

  /** One batch of a second for a view. */
  batch(records: readonly Value[], view = 0, span: Partial<Span> = {}): void {
    const time = ++this.ticks * 1000;
    for (const record of records) this.sinks[view]!.push(record);
    this.sinks[view]!.close({ time, start: time - 1000, end: time, partial: false, ...span });
  }

  async ask(path: string, { method = 'GET', headers = {} }: AskOptions = {}): Promise<Answered> {
    const { hostname, port } = new URL(await this.listens());
    return new Promise((resolve, reject) => {
      const asked = request(
        { host: hostname.replace(/^\[|\]$/g, ''), port, path, method, headers, agent: false },
        (response) => {
          let body = '';
          response.setEncoding('utf8').on('data', (text: string) => {
            body += text;
          });
          response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, body }));
        },
      );
      asked.on('error', reject);
      asked.end();
    });
  }

  /** The same of an answer that is no text. */
  async bytes(path: string): Promise<Buffer> {
    const { hostname, port } = new URL(await this.listens());
    const answer = await fetch(`http://${hostname}:${port}${path}`);
    return Buffer.from(await answer.arrayBuffer());
  }

  async json(path: string, options?: AskOptions): Promise<Value> {
    return JSON.parse((await this.ask(path, options)).body) as Value;
  }

  /** Looks at events. */
  async events(path: string, headers: { readonly [name: string]: string } = {}): Promise<EventReader> {
    const { hostname, port } = new URL(await this.listens());
    return new Promise((resolve, reject) => {
      const asked = request({ host: hostname, port, path, headers, agent: false }, (response) => {
        resolve(new EventReader(response, response.statusCode!));
      });
      asked.on('error', reject);
      asked.end();
    });
  }

  /** The input has ended, and then the run. */
  async end(): Promise<void> {
    this.ending.abort();
    await Promise.all(this.sinks.map((sink) => sink.finish()));
  }
}

/** One event, as it came. */
export interface Sent {
  readonly event: string;
  readonly id: string | undefined;
  readonly data: { readonly [name: string]: unknown };
}

/** Reads events one by one. */
export class EventReader {
  readonly status: number;
  /** All that came, comments too. */
  text = '';
  isOver = false;
  private readonly response: import('node:http').IncomingMessage;
  private at = 0;
  private wake = () => {};

  constructor(response: import('node:http').IncomingMessage, status: number) {
    this.response = response;
    this.status = status;
    response.setEncoding('utf8').on('data', (text: string) => {
      this.text += text;
      this.wake();
    });
    response.on('close', () => {
      this.isOver = true;
      this.wake();
    });
    response.on('error', () => {});
  }

  /** The next event; undefined where nothing more comes. */
  async next(): Promise<Sent | undefined> {
    for (;;) {
      const end = this.text.indexOf('\n\n', this.at);
      if (end !== -1) {
        const block = this.text.slice(this.at, end);
        this.at = end + 2;
        if (block.startsWith(':')) continue;
        const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1];
        return { event: field('event')!, id: field('id'), data: JSON.parse(field('data') ?? '{}') };
      }
      if (this.isOver) return undefined;
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }

  pause(): void {
    this.response.pause();
  }

  resume(): void {
    this.response.resume();
  }

  leave(): void {
    this.response.destroy();
  }
}
