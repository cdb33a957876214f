/** The programs of docs/spark-course.md that need a server, as they are written there, against real ones. */
import { once } from 'node:events';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { Leat } from '../cli/harness.ts';
import { temporaryDirectory } from '../support/directory.ts';
import { databases, rowsOf } from '../support/servers.ts';
import { hasKafka, KafkaServer } from './kafka/kafka.ts';

const HAMLET = 'to be or not to be\nthat is the question\n';

/** The commands of the page in which a text stands, in order. */
function commands(text: string): readonly string[] {
  const page = readFileSync('docs/spark-course.md', 'utf8');
  const blocks = [...page.matchAll(/```sh\n(.*?)```/gs)].map(([, block]) => block!);
  return blocks.flatMap((block) => block.split('\n')).filter((line) => line.startsWith('leat ') && line.includes(text));
}

/** Runs a command of the page, with other places. @param said what it says beside how it begins. @returns what it wrote. */
async function run(
  folder: string,
  command: string,
  places: { readonly [of: string]: string },
  said = '',
): Promise<string> {
  const [, options, program] = /^leat (.*?)'(.*)'$/.exec(command)!;
  const moved = Object.entries(places).reduce((text, [of, place]) => text.replaceAll(of, place), program!);
  const { stdout, stderr, code } = await new Leat([...options!.split(' ').filter(Boolean), moved], folder).ended;
  expect([code, stderr.replace(/^leat: (reading|keeping|continuing|connected) .*\n/gm, '')]).toEqual([0, said]);
  return stdout;
}

test.skipIf(!hasKafka)('on Kafka', { timeout: 300_000 }, async () => {
  const server = await KafkaServer.prepare(join(mkdtempSync(join(tmpdir(), 'leat-')), 'kafka'));
  try {
    await server.start();
    const folder = temporaryDirectory();
    writeFileSync(join(folder, 'hamlet.txt'), HAMLET);
    const written = commands('kafka(');
    expect(written).toHaveLength(4);
    const outputs: string[] = [];
    for (const command of written) outputs.push(await run(folder, command, { 'localhost:9092': server.address }));
    expect(outputs[0]).toBe('');
    expect(outputs[1]!.replace(/^Time: .*/m, 'Time: …')).toBe(
      '-------------------------------------------\nTime: …\n-------------------------------------------\n(to,2)\n(be,2)\n(or,1)\n(not,1)\n(that,1)\n(is,1)\n(the,1)\n(question,1)\n\n',
    );
    expect(outputs[2]).toBe('');
    expect(outputs[3]!.split('\n').sort()).toEqual([
      '',
      'be\t2',
      'is\t1',
      'not\t1',
      'or\t1',
      'question\t1',
      'that\t1',
      'the\t1',
      'to\t2',
    ]);
    // All of it was read, and with --once that is the end: the same again says so, and adds nothing.
    const finished =
      'leat: counts/ is finished since batch 1: all input was read and everything is out, so there is nothing to add; begin anew with another directory\n';
    await run(folder, written[2]!, { 'localhost:9092': server.address }, finished);
    expect(await run(folder, written[3]!, { 'localhost:9092': server.address })).toBe(outputs[3]);
  } finally {
    await server.stop();
    server.remove();
  }
});

const mysql = databases.find(({ name }) => name === 'mysql')!;

test.skipIf(!mysql.isInstalled)('on MySQL', { timeout: 120_000 }, async () => {
  const place = await mysql.begin();
  try {
    const [command, ...others] = commands('mysql(');
    expect(others).toEqual([]);
    const server = createServer((client) => client.end(HAMLET)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const places = {
      'connect("localhost", 9999)': `connect("127.0.0.1", ${port})`,
      'mysql://root:${MYSQL_PWD}@localhost/spark': place.place.replace('leat:leat@', 'leat:${MYSQL_PWD}@'),
    };
    vi.stubEnv('MYSQL_PWD', 'leat');
    const folder = temporaryDirectory();
    const program = command!.replace("leat '", "leat --once '");
    // The second time each word gets its new count, which is that of its run.
    for (let time = 0; time < 2; time++) {
      await run(folder, program, places);
      const rows = await rowsOf(mysql.system, place.place, 'select `key`, value from wordcount order by `key`');
      expect(rows.map((row) => row.map(String).join(' '))).toEqual([
        'be 2',
        'is 1',
        'not 1',
        'or 1',
        'question 1',
        'that 1',
        'the 1',
        'to 2',
      ]);
    }
    server.close();
  } finally {
    vi.unstubAllEnvs();
    place.stop();
  }
});
