/** What a client of AMQP makes of what servers say. */
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { AMQP, AmqpClient } from '../../../src/flow/amqp/client.ts';
import { AmqpFault } from '../../../src/flow/amqp/fault.ts';
import { FieldReader, long, longText, octet, short, shortText, table } from '../../../src/flow/amqp/fields.ts';
import { FrameReader, HEARTBEAT_FRAME, type Method, methodFrame } from '../../../src/flow/amqp/frames.ts';
import { addressOf } from '../../../src/flow/brokers/address.ts';
import { amqp } from '../../../src/flow/sources/amqp.ts';
import { openSource, TestRun } from '../../support/source.ts';

const START = (10 << 16) | 10;
const TUNE = (10 << 16) | 30;
const TUNE_OK = (10 << 16) | 31;
const START_OK = (10 << 16) | 11;
const CONFIRM = (85 << 16) | 10;

/** A server that lets in. @param answer what it says to a method; its usual answer where that is undefined. @returns where it is, and what it was told. */
async function serve(answer: (method: Method, socket: Socket) => Buffer | undefined, mostFrame = 0) {
  const heard: Method[] = [];
  const server = createServer((socket) => {
    socket.on('error', () => {});
    const reader = new FrameReader(1e6);
    let isGreeted = false;
    socket.on('data', (piece) => {
      if (!isGreeted)
        socket.write(methodFrame(0, START, octet(0), octet(9), table([]), longText('PLAIN'), longText('en_US')));
      const bytes = isGreeted ? piece : piece.subarray(8);
      isGreeted = true;
      for (const method of reader.take(bytes)) {
        heard.push(method);
        const said = answer(method, socket) ?? usual(method, mostFrame);
        if (said !== undefined) socket.write(said);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { at: `localhost:${(server.address() as AddressInfo).port}`, heard };
}

/** What a server answers where all is well: the number behind that of the question, and nothing to what is none. */
function usual({ channel, number }: Method, mostFrame: number): Buffer | undefined {
  if (number === START_OK) return methodFrame(0, TUNE, short(0), long(mostFrame), short(60));
  const isQuestion = [(10 << 16) | 40, (20 << 16) | 10, CONFIRM].includes(number);
  return isQuestion ? methodFrame(channel, number + 1) : undefined;
}

const open = (url: string) => AmqpClient.open(addressOf(url, AMQP), {}, { heartbeat: 60, most: 1000 });

test('says who it is, in which virtual host, and takes no larger frames than it has room for', async () => {
  const { at, heard } = await serve(() => undefined, 4096);
  const client = await open(`amqp://me:my%20word@${at}/a%2Fb`);
  client.close();
  const [login, tuned, host] = heard;
  expect(login!.args.toString('latin1')).toContain('\0me\0my word');
  const reader = new FieldReader(tuned!.args);
  expect([tuned!.number, reader.short(), reader.long(), reader.short()]).toEqual([TUNE_OK, 1, 4096, 60]);
  expect(new FieldReader(host!.args).shortText()).toBe('a/b');
});

test('is the guest of the host / where the URL says nothing else', async () => {
  const { at, heard } = await serve(() => undefined);
  const client = await open(`amqp://${at}`);
  client.close();
  expect(heard[0]!.args.toString('latin1')).toContain('\0guest\0guest');
  expect(new FieldReader(heard[1]!.args).short()).toBe(1);
  expect(new FieldReader(heard[2]!.args).shortText()).toBe('/');
});

test('ends with a server that takes smaller frames than any may', async () => {
  const { at } = await serve(() => undefined, 8);
  await expect(open(`amqp://${at}`)).rejects.toThrow('it does not speak the protocol of AMQP 0-9-1');
});

const refusals: readonly (readonly [number, string, boolean])[] = [
  [403, 'ACCESS_REFUSED - no', false],
  [530, 'NOT_ALLOWED - vhost x not found', false],
  [320, 'CONNECTION_FORCED - it ends', true],
];

test.each(refusals)('is told why a server ends the connection: %i', async (code, words, mayPass) => {
  const closing = methodFrame(0, (10 << 16) | 50, short(code), shortText(words), short(0), short(0));
  const { at } = await serve(({ number }) => (number === START_OK ? closing : undefined));
  const fault = await open(`amqp://${at}`).then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(fault).toBeInstanceOf(AmqpFault);
  expect(fault).toMatchObject({ message: words, mayPass });
});

test('ends with a server that says more and more instead of answering', async () => {
  const flood = Buffer.concat(Array.from({ length: 1001 }, () => methodFrame(0, (10 << 16) | 60, shortText('low'))));
  const { at } = await serve(({ number }) => (number === CONFIRM ? flood : undefined));
  const client = await open(`amqp://${at}`);
  await expect(client.confirm()).rejects.toThrow('it does not speak the protocol of AMQP 0-9-1');
  client.close();
});

test('tells the server that it is there while it works on what was in the queue at the start', async () => {
  const [DECLARE, GET, GOT_NOTHING] = [(50 << 16) | 10, (60 << 16) | 70, (60 << 16) | 72];
  const pieces: Buffer[] = [];
  const { at } = await serve(({ number, channel }, socket) => {
    if (number === START_OK) socket.on('data', (piece) => pieces.push(piece));
    if (number === DECLARE) return methodFrame(channel, number + 1, shortText('jobs'), long(1), long(0));
    return number === GET ? methodFrame(channel, GOT_NOTHING, shortText('')) : undefined;
  });
  const run = new TestRun({ once: true });
  await openSource(amqp, { url: `amqp://${at}`, queue: 'jobs' }, run).run();
  expect(run.records).toEqual([]);
  expect(Buffer.concat(pieces).includes(HEARTBEAT_FRAME)).toBe(true);
});
