// Pictures of the page for docs/serve.md, from real runs, in headless Chromium (LEAT_CHROMIUM says where one is).
//   npm run build && node scripts/screens-page.mjs [FOLDER]
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { chromium } from 'playwright-core';

const FOLDER = resolve(process.argv[2] ?? 'docs/screens/serve');
const CHROMIUM = process.env.LEAT_CHROMIUM ?? '/usr/bin/chromium';
const LEAT = resolve('bin/leat.js');

/** Requests with paths of which few are asked for often, and one becomes slow by and by. */
const REQUESTS =
  'rate(2000) | map({path: "/" + ["home", "search", "cart", "checkout", "login", "help", "api/items", "api/users"][floor(((_.value * 7919) % 1000 / 1000) ** 2 * 8)], ms: 20 + (_.value * 104729) % 97 + (_.value % 50 == 0 ? 300 : 0)})';

const SHOTS = [
  {
    name: 'one',
    program: `${REQUESTS} | groupBy(.path, {n: count(), p50: p50(.ms), p99: p99(.ms)}) | window(5s, 1s) | sortBy(.n, desc: true) | serve(0, name: "paths")`,
    path: '/v/paths',
    view: { width: 1280, height: 760 },
    scheme: 'light',
  },
  {
    name: 'alert',
    program: `${REQUESTS} | groupBy(.path, {n: count(), p99: p99(.ms)}) | window(5s, 1s) | alert(.n > 3000, by: .path, message: "many requests") | serve(0, name: "paths")`,
    path: '/v/paths',
    view: { width: 1280, height: 760 },
    scheme: 'dark',
  },
  {
    name: 'phone',
    program: `${REQUESTS} | countBy(.path) | window(5s, 1s) | sortBy(_[1], desc: true) | serve(0, name: "paths")`,
    path: '/',
    view: { width: 360, height: 740 },
    scheme: 'dark',
  },
];

/** How long a run goes on before it is looked at, ms: lines want some results. */
const GOES_ON = Number(process.env.LEAT_SCREENS_MS ?? 12_000);

const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
if (!existsSync(FOLDER)) mkdirSync(FOLDER, { recursive: true });
for (const { name, program, path, view, scheme } of SHOTS) {
  const child = spawn(process.execPath, [LEAT, '--stats', program], { stdio: ['ignore', 'ignore', 'pipe'] });
  let notes = '';
  child.stderr.on('data', (piece) => {
    notes += piece;
  });
  while (!notes.includes(' shows ')) await once(child.stderr, 'data');
  const address = /(http:\S+)\/ shows/.exec(notes)[1];
  await new Promise((done) => setTimeout(done, GOES_ON));
  const page = await browser.newPage({ viewport: view, colorScheme: scheme });
  await page.goto(address + path);
  await page.locator('.view svg[role=img], .view .figure, .view tbody tr').first().waitFor();
  await new Promise((done) => setTimeout(done, 3000));
  const file = join(FOLDER, `${name}.png`);
  await page.screenshot({ path: file });
  console.log(`${file} ${(statSync(file).size / 1024).toFixed(0)} kB`);
  await page.close();
  child.kill('SIGINT');
  await once(child, 'close');
}
await browser.close();
