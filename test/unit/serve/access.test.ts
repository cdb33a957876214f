import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { Serving } from '../../support/serving.ts';

const LOCAL = 'words | countByValue | serve(0, name: "words")';

test('another name than its own is not answered to, so that no page elsewhere can make one lead here', async () => {
  const serving = new Serving(LOCAL);
  const refused = await serving.ask('/api', { headers: { host: 'evil.example:80' } });
  expect([refused.status, JSON.parse(refused.body).error.code]).toEqual([403, 'other-host']);
  for (const host of ['localhost:1', '127.0.0.1', '[::1]:8080']) {
    expect((await serving.ask('/api', { headers: { host } })).status).toBe(200);
  }
  // An address of another machine is none of this one's either.
  expect((await serving.ask('/api', { headers: { host: '10.1.2.3' } })).status).toBe(403);
});

test('a page of another origin may not read, unless the program says so', async () => {
  const serving = new Serving(LOCAL);
  const own = await serving.listens();
  const { host } = new URL(own);
  expect((await serving.ask('/api', { headers: { host, origin: `http://${host}` } })).status).toBe(200);
  const other = await serving.ask('/api', { headers: { origin: 'https://evil.example' } });
  expect([other.status, JSON.parse(other.body).error.code]).toEqual([403, 'other-origin']);
  const shared = new Serving('words | countByValue | serve(0, cors: ["https://good.example"])');
  const good = await shared.ask('/api', { headers: { origin: 'https://good.example' } });
  expect([
    good.status,
    good.headers['access-control-allow-origin'],
    good.headers['cross-origin-resource-policy'],
  ]).toEqual([200, 'https://good.example', 'cross-origin']);
  expect((await shared.ask('/api', { headers: { origin: 'https://evil.example' } })).status).toBe(403);
});

test('with a token, who does not know it sees nothing', async () => {
  const serving = new Serving('words | countByValue | serve(0, token: "correct horse")');
  const link = await serving.listens();
  expect(new URL(link).searchParams.get('token')).toBe('correct horse');
  const without = await serving.ask('/api');
  expect([without.status, without.headers['www-authenticate']]).toEqual([401, 'Bearer realm="leat"']);
  expect(without.body).not.toContain('words');
  expect((await serving.ask('/api?token=wrong')).status).toBe(401);
  const once = await serving.ask('/api?token=correct%20horse');
  expect(once.status).toBe(200);
  const [cookie] = String(once.headers['set-cookie']).split(';');
  expect(String(once.headers['set-cookie'])).toContain('HttpOnly; SameSite=Strict');
  expect((await serving.ask('/api', { headers: { cookie: `a=b; ${cookie}` } })).status).toBe(200);
  // Cookies know nothing of ports: that of another leat of this machine is another one.
  expect(cookie).toMatch(new RegExp(`^leat-token-${new URL(link).port}=`));
  // So another name, that of a server in front, is no way in.
  const led = { host: 'evil.example' };
  expect((await serving.ask('/api', { headers: led })).status).toBe(401);
  expect((await serving.ask('/api', { headers: { ...led, cookie: cookie! } })).status).toBe(200);
  const bearer = new Serving('words | countByValue | serve(0, token: "correct-horse")');
  expect((await bearer.ask('/api', { headers: { authorization: 'Bearer correct-horse' } })).status).toBe(200);
});

test('where others reach it a token is made, unless it is open', async () => {
  const serving = new Serving('words | countByValue | serve(0, host: "0.0.0.0")');
  const token = new URL(await serving.listens()).searchParams.get('token')!;
  expect(token).toMatch(/^[\w-]{24}$/);
  expect((await serving.ask('/api')).status).toBe(401);
  expect((await serving.ask(`/api?token=${token}`)).status).toBe(200);
  const open = new Serving('words | countByValue | serve(0, host: "0.0.0.0", open: true)');
  expect(new URL(await open.listens()).search).toBe('');
  expect((await open.ask('/api')).status).toBe(200);
  expect((await open.ask('/api', { headers: { host: 'evil.example' } })).status).toBe(403);
});

test('it is read only, and answers nothing that is not its own', async () => {
  const serving = new Serving(LOCAL);
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH']) {
    const answer = await serving.ask('/api', { method });
    expect([answer.status, answer.headers.allow]).toEqual([405, 'GET, HEAD']);
  }
  for (const path of [
    '/../../etc/passwd',
    '/v/../../etc/passwd',
    '/v/%2e%2e%2f%2e%2e',
    '//evil.example/api',
    '/v/words/%ff',
    '/v/',
    '/.env',
    '/v/words.exe',
    '/__proto__',
    '/v/__proto__.json',
    '/v/words.constructor',
  ]) {
    const answer = await serving.ask(path);
    expect([path, answer.status >= 400 && answer.status < 500]).toEqual([path, true]);
    expect(answer.headers['x-content-type-options']).toBe('nosniff');
    expect(answer.headers['content-security-policy']).toContain("default-src 'none'");
  }
  expect((await serving.ask(`/api?${'x'.repeat(5000)}`)).status).toBe(414);
  expect((await serving.ask('/api', { headers: { long: 'x'.repeat(20_000) } })).status).toBe(431);
});

test('what is no HTTP ends the connection and nothing else', async () => {
  const serving = new Serving(LOCAL);
  const { port } = new URL(await serving.listens());
  const said = await new Promise<string>((resolve) => {
    const socket = connect(Number(port), '127.0.0.1', () => socket.write('\0\x16\x03garbage\r\n\r\n'));
    let text = '';
    socket.setEncoding('utf8').on('data', (piece: string) => {
      text += piece;
    });
    socket.on('close', () => resolve(text));
    socket.on('error', () => {});
  });
  expect(said).toMatch(/^HTTP\/1.1 400/);
  expect((await serving.ask('/healthz')).status).toBe(200);
});

test('data is text whatever it looks like', async () => {
  const serving = new Serving(LOCAL);
  serving.batch([['<script>alert(1)</script>|\x1b[31m[x](javascript:y)', 1]]);
  const { body } = await serving.ask('/v/words.md');
  expect(body.split('\n')[2]).toBe(
    '| \\<script\\>alert\\(1\\)\\</script\\>\\|\\\\x1b\\[31m\\[x\\]\\(javascript:y\\) | 1 |',
  );
  expect((await serving.ask('/v/words.json')).headers['content-type']).toMatch(/^application\/json/);
});

test('a port that is taken fails the run with a way out, and so do views that contradict each other', async () => {
  const first = new Serving(LOCAL);
  const { port } = new URL(await first.listens());
  const second = new Serving(`words | countByValue | serve(${port})`);
  await second.listens();
  expect(second.failures[0]).toMatchObject({
    code: 'cannot-serve',
    exit: 4,
    help: 'take another port; 0 takes one that is free',
  });
  const twice = new Serving('words | serve(0, name: "a"); words | count | serve(0, name: "a")');
  expect(twice.failures[0]).toMatchObject({ code: 'same-view', exit: 2 });
  const other = new Serving('words | serve(0); words | count | serve(0, token: "12345678")');
  expect(other.failures[0]).toMatchObject({ code: 'other-access', exit: 2 });
});
