import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type Leat, leat, start, temporaryFolder } from './harness.ts';

function ask(address: string): Promise<string> {
  return new Promise((resolve, reject) => {
    get(address, { agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece: string) => {
        text += piece;
      });
      response.on('end', () => resolve(text));
    }).on('error', reject);
  });
}

async function addressOf(run: Leat): Promise<string> {
  const [, address] = await run.noted(/(http:\/\/\S+)\/ shows/);
  return address!;
}

test('results are served as they come, and when the input has ended until a signal', async () => {
  const run = start(['--batch', '20ms', 'stdin | words | countByValue | running | serve(0, name: "words")']);
  const address = await addressOf(run);
  run.input('to be\n', true);
  expect(JSON.parse(await ask(`${address}/v/words.json?wait=60s&after=0`))).toMatchObject({ view: 'words' });
  run.input('or not\n');
  await run.noted(/the input has ended; `words` can be looked at until Ctrl-C/);
  expect((await ask(`${address}/v/words.csv`)).split('\n').sort().slice(1)).toEqual([
    'be,1',
    'key,value',
    'not,1',
    'or,1',
    'to,1',
  ]);
  expect(JSON.parse(await ask(`${address}/healthz`))).toMatchObject({ alive: true, over: true });
  run.child.kill('SIGINT');
  expect(await run.ended).toMatchObject({ code: 130, stdout: '' });
});

test('--serve serves each output of a program as it is, which prints as before', async () => {
  const run = start(['--serve', '0', '--batch', '1m', 'let all = stdin | words; all | count; all | countByValue']);
  const address = await addressOf(run);
  run.input('to be\n');
  await run.noted(/until Ctrl-C/);
  const { views } = JSON.parse(await ask(`${address}/api/run`)) as { views: { name: string }[] };
  expect(views.map(({ name }) => name)).toEqual(['result', 'result2']);
  run.child.kill('SIGTERM');
  expect(await run.ended).toMatchObject({ code: 143, stdout: '2\nto\t1\nbe\t1\n' });
});

test('what was to end by itself does', async () => {
  expect(await leat(['--batches', '1', '--batch', '20ms', 'rate(100) | count | serve(0)'])).toMatchObject({ code: 0 });
  // Also where there are fewer batches than are asked for.
  expect(await leat(['--batches', '5', 'words | count | serve(0)'], 'to be')).toMatchObject({ code: 0 });
});

test('a wrong port is told with what was expected', async () => {
  const { code, stderr } = await leat(['--serve', 'here', 'count']);
  expect([code, stderr]).toEqual([2, expect.stringContaining('Expected a port: 8080, or 0.0.0.0:8080.')]);
});

test('an alert shows in the results as long as it is on, and a server is told when it begins and is over', async () => {
  const told: { alert: string; key: string }[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (piece: Buffer) => {
      text += piece.toString();
    });
    request.on('end', () => {
      told.push(JSON.parse(text) as never);
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const alert = `alert(_[1] > 1, by: _[0], message: "many", keep: 3s, http: "http://127.0.0.1:${port}/hook")`;
  const run = start(['--batch', '20ms', `stdin | words | countByValue | ${alert} | serve(0, name: "a")`]);
  const address = await addressOf(run);
  run.input('x x y\n', true);
  await run.noted(/alert begins for x: many/);
  const alerts = async () => (JSON.parse(await ask(`${address}/v/a.json`)) as { alerts?: unknown }).alerts;
  expect(await alerts()).toEqual([{ alert: 'many', key: 'x', since: expect.any(Number) }]);
  expect(await ask(`${address}/metrics`)).toMatch(/^leat_alerts\{stage=".*"\} 1$/m);
  await expect.poll(() => told.length, { timeout: 60_000 }).toBeGreaterThan(0);
  await run.noted(/alert is over for x/);
  await expect.poll(() => told.length, { timeout: 60_000 }).toBeGreaterThan(1);
  expect(told.slice(0, 2).map(({ alert, key }) => [alert, key])).toEqual([
    ['begins', 'x'],
    ['is over', 'x'],
  ]);
  expect(await alerts()).toBe(undefined);
  run.child.kill('SIGINT');
  await run.ended;
});

test('how far a file is behind is told in bytes', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'leat-lag-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'app.log'), 'a\nb\n');
  const run = start(['--batch', '20ms', 'tail("app.log", from: "start") | countByValue | running | serve(0)'], folder);
  const address = await addressOf(run);
  await ask(`${address}/v/result.json?wait=60s&after=0`);
  expect(await ask(`${address}/metrics`)).toMatch(/^leat_source_lag_bytes\{source="tail\(.*\)"\} 0$/m);
  const metrics = await ask(`${address}/metrics`);
  expect(metrics).toMatch(/^leat_stage_state_bytes\{stage="(?:running|countByValue)[^"]*",place="[23]"\} [1-9]\d*$/m);
  expect(metrics).toMatch(/^leat_source_bad_total\{source="tail\(.*\)"\} 0$/m);
  const { run: state } = JSON.parse(await ask(`${address}/api/run`)) as { run: { sources: object[] } };
  expect(state.sources).toMatchObject([{ of: 'file', open: 1, lagBytes: 0 }]);
});

test('what was served is there again when a run that was kept is started again, under the ids that it had', async () => {
  const folder = temporaryFolder();
  const log = join(folder, 'app.log');
  writeFileSync(log, 'a\n');
  const program = 'tail("app.log", from: "start") | countByValue | running | serve(0, name: "words")';
  const args = ['--batch', '20ms', '--checkpoint', 'kept', program];
  const first = start(args, folder);
  const address = await addressOf(first);
  const newest = async (at: string) =>
    JSON.parse(await ask(`${at}/v/words.json?wait=60s&after=0`)) as { batch: number; records: unknown[] };
  const WAITING = { timeout: 60_000, interval: 20 };
  await expect.poll(async () => (await newest(address)).records, WAITING).toEqual([['a', 1]]);
  const { batch, id } = await new Promise<{ batch: number; id: string }>((resolve, reject) => {
    get(`${address}/v/words.json`, { agent: false }, (response) => {
      const id = String(response.headers['leat-batch']);
      response.resume().on('end', () => resolve({ batch: Number.parseInt(id, 10), id }));
    }).on('error', reject);
  });
  // The second behind it says that it is kept: a batch waits until the one before it is.
  await expect.poll(async () => (await newest(address)).batch, WAITING).toBeGreaterThan(batch + 1);
  first.child.kill('SIGKILL');
  await first.ended;
  appendFileSync(log, 'b\n');
  const second = start([...args.slice(0, -1), program.replace('serve(0', 'serve(0, keep: 1h')], folder);
  const again = await addressOf(second);
  await expect.poll(async () => (await newest(again)).records, WAITING).toContainEqual(['b', 1]);
  const kept = JSON.parse(await ask(`${again}/v/words.json?last=100000`)) as { batch: number; records: unknown[] }[];
  expect(kept.map((result) => result.batch)).toEqual(kept.map((_, i) => kept[0]!.batch + i));
  expect(kept.find((result) => result.batch === batch)).toMatchObject({ records: [['a', 1]] });
  // Who has looked before is given what came behind that.
  const missed = await new Promise<string>((resolve, reject) => {
    get(`${again}/v/words/events`, { agent: false, headers: { 'last-event-id': id } }, (response) => {
      response.setEncoding('utf8').once('data', (text: string) => {
        resolve(text);
        response.destroy();
      });
    }).on('error', reject);
  });
  expect(missed).toMatch(new RegExp(`^event: \\w+\nid: ${batch + 1}\\.`));
}, 120_000);

test('a run that was kept and is finished is shown again, until it is ended', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'app.log'), 'a\nb\na\n');
  const args = ['--checkpoint', 'kept', 'files("app.log") | countByValue | serve(0, name: "words")'];
  for (const [said, flags] of [
    [/keeping the run in kept/, []],
    [/kept is finished since batch 1/, []],
    [/kept is finished since batch 1/, ['--for', '1h']],
  ] as const) {
    const run = start([...flags, ...args], folder);
    const address = await addressOf(run);
    const { records } = JSON.parse(await ask(`${address}/v/words.json?wait=60s&after=0`)) as { records: unknown[] };
    expect(records).toEqual([
      ['a', 2],
      ['b', 1],
    ]);
    await run.noted(said);
    await run.noted(/the input has ended; `words` can be looked at until Ctrl-C/);
    run.child.kill('SIGINT');
    const { code, stderr } = await run.ended;
    expect([code, stderr.includes('until Ctrl-C, for another ')]).toEqual([130, flags.length > 0]);
  }
  expect(await leat(['--batches', '1', ...args], '', folder)).toMatchObject({ code: 0 });
});
