// Those who look at what is served, for serve.mjs: a process of its own, so that what they take is not taken for the server's.
//   told  {port, clients, stuck, asking}   how many look from now on, of whom so many read nothing, and so many ask for the whole result once a second
//         {ask: true}                      says what has come since it was asked last: bytes, and how old each answer was, ms
import { get } from 'node:http';
import { connect } from 'node:net';

/** One in so many clients reads how old an answer is. */
const READS = 20;

let sockets = [];
let asking = [];
let seen = { bytes: 0, ages: [], asked: [] };

/** ms since the end of its batch. */
const ageOf = (text) => Date.now() - Number(/"time":(\d+)/.exec(text)?.[1]);

function client(port, isStuck, number) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.write('GET /v/key/events HTTP/1.1\r\nHost: localhost\r\n\r\n');
      resolve(socket);
    });
    socket.on('error', () => {});
    if (isStuck) socket.pause();
    else
      socket.on('data', (piece) => {
        seen.bytes += piece.length;
        const text = number % READS === 0 ? piece.toString('latin1') : '';
        if (/^event: (?:change|result)$/m.test(text)) seen.ages.push(ageOf(text));
      });
  });
}

function ask(port) {
  get({ host: '127.0.0.1', port, path: '/v/key.json', agent: false }, (response) => {
    let text = '';
    response.on('data', (piece) => {
      text += piece;
    });
    response.on('end', () => seen.asked.push(ageOf(text)));
  }).on('error', () => {});
}

/** Those who ask do so once a second, and not all at once, nor at the tick. */
async function look({ port, clients, stuck, asking: count }) {
  for (const socket of sockets) socket.destroy();
  for (const timer of asking) clearInterval(timer);
  sockets = await Promise.all(Array.from({ length: clients }, (_, i) => client(port, i < stuck, i)));
  asking = [];
  for (let i = 0; i < count; i++) {
    await new Promise((done) => setTimeout(done, 1000 / count));
    asking.push(setInterval(() => ask(port), 1000));
  }
}

process.on('message', async (told) => {
  if (told.ask) {
    process.send(seen);
    seen = { bytes: 0, ages: [], asked: [] };
  } else {
    await look(told);
    process.send({});
  }
});
process.on('disconnect', () => process.exit());
