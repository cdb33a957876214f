import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type Leat, start } from '../cli/harness.ts';
import { freePort } from '../support/ports.ts';

/** Debian's, unless the environment says where another one is. */
const CHROMIUM = process.env.LEAT_CHROMIUM ?? '/usr/bin/chromium';
const isThere = existsSync(CHROMIUM);
if (!isThere)
  console.warn(`the page is not tried in a browser: there is no ${CHROMIUM} (LEAT_CHROMIUM says where one is)`);

let browser: Browser;

beforeAll(async () => {
  if (isThere) browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
}, 120_000);

afterAll(() => browser?.close());

async function addressOf(run: Leat): Promise<string> {
  const [, address] = await run.noted(/(http:\/\/\S+)\/ shows/);
  return address!;
}

interface Look {
  readonly width?: number;
  readonly scheme?: 'dark' | 'light';
}

/** What comes soon, but where the machine does much else, ms. */
const LONG = 110_000;

/** A page on which nothing goes wrong, and which asks no address but that of leat. */
async function look(address: string, { width = 1280, scheme = 'light' }: Look = {}): Promise<Page> {
  const page = await browser.newPage({ viewport: { width, height: 800 }, colorScheme: scheme });
  page.setDefaultTimeout(LONG);
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && !/ERR_CONNECTION|status of (?:400|502)/.test(message.text()))
      faults.push(message.text());
  });
  page.on('request', (request) => {
    // A file is asked for by itself alone.
    const { protocol, origin } = new URL(address);
    const own = protocol === 'file:' ? address : origin;
    if (!/^(?:data|blob):/.test(request.url()) && !request.url().startsWith(own)) faults.push(request.url());
  });
  page.on('close', () => expect(faults).toEqual([]));
  await page.goto(address);
  return page;
}

/**
 * How something is waited for that comes soon. It is asked for from here, again and again: what waits within the page makes code of text there,
 * which the page does not allow.
 */
const WAITING = { timeout: 60_000, interval: 50 };

const WORDS = ['--batch', '50ms', 'stdin | words | countByValue | running | serve(0, name: "words")'];

describe.skipIf(!isThere)('the page', () => {
  test('shows results as they come, with a picture, and what there was after a reload', async () => {
    const run = start(WORDS);
    const page = await look(await addressOf(run));
    run.input('to be or not to be\n', true);
    await page.getByRole('cell', { name: 'not', exact: true }).waitFor();
    expect(await page.locator('.view tbody tr').count()).toBe(4);
    run.input('once more\n', true);
    await page.getByRole('cell', { name: 'once', exact: true }).waitFor();
    await page.locator('svg[role=img]').waitFor();
    await page.reload();
    await page.getByRole('cell', { name: 'once', exact: true }).waitFor();
    expect(await page.locator('svg[role=img] .line').count()).toBeGreaterThan(0);
    await page.close();
  }, 120_000);

  test('sorts, filters, and holds while it is paused', async () => {
    const run = start(WORDS);
    const page = await look(`${await addressOf(run)}/v/words`);
    run.input(`${'b '.repeat(3)}a c c d e f g h i\n`, true);
    await page.getByRole('cell', { name: 'i', exact: true }).waitFor();
    const first = () => page.locator('.view tbody tr').first().innerText();
    await page.getByRole('button', { name: 'value' }).click();
    expect(await first()).toMatch(/^b\t3/);
    await page.getByRole('button', { name: /^key/ }).click();
    expect(await first()).toMatch(/^a\t1/);
    await page.keyboard.press('/');
    await page.keyboard.type('c');
    expect(await page.locator('.view tbody tr').count()).toBe(1);
    await page.getByRole('searchbox').fill('');
    await page.locator('h2').click({ button: 'middle' });
    await page.locator('body').press('p');
    await page.getByText('paused').waitFor();
    run.input('zebra\n', true);
    const served = () => page.evaluate(async () => (await fetch('/v/words.csv')).text());
    await expect.poll(served, WAITING).toContain('zebra');
    expect(await page.getByRole('cell', { name: 'zebra' }).count()).toBe(0);
    await page.locator('body').press('p');
    await page.getByRole('cell', { name: 'zebra' }).waitFor();
    await page.close();
  }, 120_000);

  test('more stages can be put behind a view, and what is wrong with them is said', async () => {
    const run = start(WORDS);
    const page = await look(await addressOf(run));
    run.input('to be or not to be\n', true);
    await page.getByRole('cell', { name: 'not', exact: true }).waitFor();
    const box = page.getByRole('combobox', { name: 'stages behind words' });
    await box.fill('filter(_[1] > 1) | map(_[0])');
    await box.press('Enter');
    await page.getByRole('cell', { name: 'not', exact: true }).waitFor({ state: 'detached' });
    await box.fill('fliter(_[1] > 1)');
    await box.press('Enter');
    await page.locator('output.warn').waitFor();
    expect(await page.getByRole('cell', { name: 'be', exact: true }).count()).toBe(1);
    await box.fill('');
    await box.press('Enter');
    await page.getByRole('cell', { name: 'not', exact: true }).waitFor();
    await page.close();
  }, 120_000);

  test('what is written behind a view is completed, by the keyboard too', async () => {
    const run = start([
      '--batch',
      '50ms',
      'stdin | words | groupBy(_, {n: count(), mean: avg(len(_))}) | running | serve(0, name: "words")',
    ]);
    const page = await look(await addressOf(run));
    run.input('to be or not to be\n', true);
    await page.getByRole('cell', { name: 'not', exact: true }).waitFor();
    const box = page.getByRole('combobox', { name: 'stages behind words' });
    await box.pressSequentially('fil');
    await page.getByRole('option', { name: /^filter/ }).waitFor();
    await box.press('Tab');
    await expect.poll(() => box.inputValue(), WAITING).toBe('filter');
    await box.pressSequentially('(.');
    await page.getByRole('option', { name: /^mean/ }).waitFor();
    await box.press('ArrowDown');
    await box.press('ArrowDown');
    await box.press('Enter');
    await expect.poll(() => box.inputValue(), WAITING).toBe('filter(.n');
    await box.pressSequentially(' > 1)');
    await box.press('Escape');
    await box.press('Enter');
    await page.getByRole('cell', { name: 'not', exact: true }).waitFor({ state: 'detached' });
    await page.close();
  }, 120_000);

  test('tables have a total, shares and what all reach, over the rows that are seen', async () => {
    const run = start(['--batch', '50ms', 'stdin | words | countByValue | running | serve(0, name: "words")']);
    const page = await look(await addressOf(run));
    run.input(`${'a '.repeat(3000)}${'b '.repeat(1000)}\n`, true);
    await page.getByRole('cell', { name: '3,000 75.0%' }).waitFor();
    const foot = () => page.locator('tfoot tr').allInnerTexts();
    expect(await foot()).toEqual(['total\t4,000', 'least\t1,000', 'mean\t2,000', 'most\t3,000']);
    await page.getByRole('searchbox').fill('b');
    await expect.poll(foot, WAITING).toEqual([]);
    await page.close();
  }, 120_000);

  test('a page that was there before the first result goes back in time as well', async () => {
    const run = start(WORDS);
    const page = await look(await addressOf(run));
    await page.getByText('waiting for the first result').waitFor();
    run.input('first\n', true);
    await page.getByRole('cell', { name: 'first', exact: true }).waitFor();
    run.input('second\n', true);
    await page.getByRole('slider', { name: 'time of words' }).waitFor();
    await page.getByRole('cell', { name: 'second', exact: true }).waitFor();
    await page.getByRole('slider', { name: 'time of words' }).press('Home');
    await page.getByRole('cell', { name: 'second', exact: true }).waitFor({ state: 'detached' });
    expect(await page.getByRole('cell', { name: 'first', exact: true }).count()).toBe(1);
    await page.close();
  }, 120_000);

  test('turns red as long as an alert is on, its title too', async () => {
    const run = start([
      '--batch',
      '50ms',
      'stdin | words | countByValue | alert(_[1] > 1, by: _[0], keep: 4s, message: "<b>many</b>") | serve(0, name: "words")',
    ]);
    const page = await look(await addressOf(run));
    await expect.poll(() => page.title(), WAITING).toBe('words · leat');
    run.input('x x y\n', true);
    await page.getByText('<b>many</b> for x since').waitFor();
    await expect.poll(() => page.title(), WAITING).toBe('ALERT · words · leat');
    expect(await page.locator('.view.alarmed').count()).toBe(1);
    await expect.poll(() => page.title(), WAITING).toBe('words · leat');
    expect(await page.locator('.alarmed').count()).toBe(0);
    await page.close();
  }, 120_000);

  test('on a phone all that is tapped is as large as a finger, and nothing is wider than the page', async () => {
    const run = start(WORDS);
    run.input('to be or not to be\n', true);
    const page = await look(await addressOf(run), { width: 360, scheme: 'dark' });
    await page.locator('.view tbody tr').first().waitFor();
    const small = await page.locator('button, .button, select, input, summary').evaluateAll((all) =>
      all.flatMap((element) => {
        const { width, height } = element.getBoundingClientRect();
        return width > 0 && height < 40 ? [`${element.textContent || element.ariaLabel}: ${height}`] : [];
      }),
    );
    expect(small).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
    await page.close();
    run.child.kill('SIGINT');
    await run.ended;
  });

  test('draws a line for each number of a result that is one row', async () => {
    const run = start([
      '--batch',
      '50ms',
      'rate(2000) | aggregate({n: count(), most: max(.value)}) | running | serve(0, name: "all")',
    ]);
    const page = await look(await addressOf(run));
    await page.locator('svg[role=img]').waitFor();
    const legend = () => page.locator('svg[role=img] text').allTextContents();
    await expect.poll(legend, WAITING).toEqual(expect.arrayContaining(['n', 'most']));
    expect(await page.locator('svg[role=img] path.line, svg[role=img] polyline.line').count()).toBeLessThanOrEqual(2);
    await page.close();
  }, 120_000);

  test('stages that pass a bound later are ended, and the page says which', async () => {
    const run = start(WORDS);
    const page = await look(await addressOf(run));
    run.input('to be\n', true);
    await page.getByRole('cell', { name: 'be', exact: true }).waitFor();
    const box = page.getByRole('combobox', { name: 'stages behind words' });
    await box.fill('flatMap(w => "x".padStart(w[1] * 1000, "x").split(""))');
    await box.press('Enter');
    await page.getByText('2,000 rows').waitFor();
    run.input('to '.repeat(10), true);
    run.input('\n', true);
    await page.getByText('?then= gives at most 10,000 rows').waitFor();
    await page.close();
  }, 120_000);

  test('more views than a browser opens connections are all live', async () => {
    const names = Array.from({ length: 9 }, (_, i) => `v${i}`);
    const views = names.map((name) => `w | countByValue | running | serve(0, name: "${name}")`).join('; ');
    const run = start(['--batch', '50ms', `let w = stdin | words; ${views}`]);
    const page = await look(await addressOf(run));
    run.input('one\n', true);
    for (const name of names) await page.getByRole('region', { name }).getByRole('cell', { name: 'one' }).waitFor();
    run.input('two\n', true);
    for (const name of names) await page.getByRole('region', { name }).getByRole('cell', { name: 'two' }).waitFor();
    await page.close();
  }, 120_000);

  test('what looks like a page in the data is text', async () => {
    const run = start(['--batch', '50ms', 'stdin | countByValue | running | serve(0, name: "odd")']);
    const page = await look(await addressOf(run));
    run.input('<img src=x onerror="document.title=1"><script>document.title=2</script>\n<b>bold</b>\n', true);
    await page.getByRole('cell', { name: '<b>bold</b>' }).waitFor();
    await page.locator('svg[role=img]').waitFor();
    expect([await page.title(), await page.locator('img, b').count()]).toEqual(['odd · leat', 0]);
    await page.close();
  }, 120_000);

  /** A port that is theirs alone, also while nobody listens there. */
  async function wordsAtPort(): Promise<readonly string[]> {
    const port = await freePort();
    return WORDS.map((word) => word.replace('serve(0', `serve(${port}`));
  }

  test('a run that is started again is found again', async () => {
    const words = await wordsAtPort();
    const run = start(words);
    const address = await addressOf(run);
    const page = await look(address);
    run.input('before\n', true);
    await page.getByRole('cell', { name: 'before', exact: true }).waitFor();
    run.child.kill('SIGKILL');
    await page.getByText('connection lost').waitFor();
    const again = start(words);
    await addressOf(again);
    again.input('after\n', true);
    await page.getByRole('cell', { name: 'after', exact: true }).waitFor();
    expect(await page.getByRole('cell', { name: 'before', exact: true }).count()).toBe(0);
    await page.close();
  }, 120_000);

  test('and so it is where another server answered in its place for a while', async () => {
    const words = await wordsAtPort();
    const run = start(words);
    const address = await addressOf(run);
    const page = await look(`${address}/v/words`);
    run.input('before\n', true);
    await page.getByRole('cell', { name: 'before', exact: true }).waitFor();
    const { port } = new URL(address);
    run.child.kill('SIGKILL');
    await run.ended;
    // What a browser does not try again after.
    let asked = 0;
    const other = createServer((request, response) => {
      if (request.url!.includes('/events')) asked++;
      response.writeHead(502).end('{}');
    }).listen(Number(port), '127.0.0.1');
    while (asked < 2) await page.waitForTimeout(50);
    other.closeAllConnections();
    await new Promise((resolve) => other.close(resolve));
    const again = start(words);
    await addressOf(again);
    again.input('after\n', true);
    await page.getByRole('cell', { name: 'after', exact: true }).waitFor();
    await page.close();
  }, 120_000);

  test.each([
    [360, 'dark'],
    [3840, 'light'],
  ] as const)(
    '%i px wide, %s, nothing is out of sight',
    async (width, scheme) => {
      const run = start([
        '--batch',
        '50ms',
        'let w = stdin | words; w | countByValue | running | serve(0); w | count | running | serve(0); w | serve(0)',
      ]);
      const page = await look(await addressOf(run), { width, scheme });
      run.input(`${'a-word-that-is-quite-long-'.repeat(20)} b\n`, true);
      await page.getByRole('cell', { name: 'b', exact: true }).first().waitFor();
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
      const paper = await page.evaluate('getComputedStyle(document.body).backgroundColor');
      expect(paper).toBe(scheme === 'dark' ? 'rgb(16, 19, 23)' : 'rgb(255, 255, 255)');
      await page.close();
    },
    120_000,
  );

  test('of a hundred thousand rows those that are seen are drawn', async () => {
    const run = start(['--batch', '200ms', 'stdin | lines | countByValue | running | serve(0, name: "many")']);
    const page = await look(await addressOf(run));
    // It asks for what was there before: that is nothing, and not more than an answer may have.
    await page.locator('.view.live').waitFor();
    run.input(`${Array.from({ length: 100_000 }, (_, i) => `k${i}`).join('\n')}\n`, true);
    await page.getByText('100,000 rows').waitFor({ timeout: 100_000 });
    expect(await page.locator('.view tbody tr').count()).toBeLessThan(60);
    // What scrolls is reached by the keyboard through its headings.
    await page.getByRole('button', { name: 'value' }).press('PageDown');
    const scrolled = () => page.evaluate<number>('document.querySelector(".scroll").scrollTop');
    await expect.poll(scrolled, WAITING).toBeGreaterThan(100);
    await page.getByRole('searchbox').fill('k99999');
    await page.getByRole('cell', { name: 'k99999', exact: true }).waitFor();
    await page.close();
  }, 120_000);

  test('many rows of which some change all the time leave a slow machine time to show them', async () => {
    const run = start(['--batch', '200ms', 'stdin | lines | countByValue | running | serve(0, name: "many")']);
    const page = await look(await addressOf(run));
    await page.locator('.view.live').waitFor();
    const session = await page.context().newCDPSession(page);
    await session.send('Emulation.setCPUThrottlingRate', { rate: 16 });
    run.input(`${Array.from({ length: 100_000 }, (_, i) => `k${i}`).join('\n')}\n`, true);
    const more = setInterval(() => run.input('k1\nk2\nk3\n', true), 100);
    onTestFinished(() => clearInterval(more));
    await page.getByText('100,000 rows').waitFor({ timeout: 100_000 });
    await page.getByRole('searchbox').fill('k99999');
    await page.getByRole('cell', { name: 'k99999', exact: true }).waitFor();
    await page.close();
  }, 220_000);

  test('a page that was saved shows what there was, and asks nobody', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'leat-page-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'v', 'page.html');
    mkdirSync(join(folder, 'v'));
    const run = start(['--save', file, ...WORDS]);
    const address = await addressOf(run);
    const served = async () => (await fetch(`${address}/v/words.csv`)).text();
    run.input('first <b>one</b>\n', true);
    await expect.poll(served, WAITING).toContain('first');
    run.input('second\n', true);
    await expect.poll(served, WAITING).toContain('second');
    run.child.kill('SIGINT');
    await run.ended;
    const page = await look(`file://${file}`);
    await page.getByRole('cell', { name: 'second', exact: true }).waitFor();
    expect(await page.title()).toBe('words · leat');
    await page.locator('svg[role=img]').waitFor();
    await page.getByRole('slider', { name: 'time of words' }).press('Home');
    await page.getByRole('cell', { name: 'second', exact: true }).waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'newest' }).click();
    await page.getByRole('cell', { name: 'second', exact: true }).waitFor();
    const saving = page.waitForEvent('download');
    await page.getByRole('button', { name: 'CSV' }).click();
    expect(readFileSync(await (await saving).path(), 'utf8')).toBe('key,value\nfirst,1\n<b>one</b>,1\nsecond,1\n');
    await page.close();
  }, 120_000);
});
