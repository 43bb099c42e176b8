// Opens a report as its readers do and says what does not work.
//
//   node tests/report/check.mjs REPORT.html [FOLDER]
//
// Needs `playwright-core` (from NODE_PATH or a node_modules above) and a Chromium (CHROMIUM, else /usr/bin/chromium).
// In light and dark, for the screen and for paper: no error in the console, no request beside the file itself, every
// chart drawn with its data behind it, every table sorted by its heads with the mouse and the keyboard, the filter,
// the choices, all words in place. With FOLDER it leaves screenshots there.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import path from 'node:path';
import process from 'node:process';

const [file, folder] = process.argv.slice(2);
if (!file) { console.error('usage: node tests/report/check.mjs REPORT.html [FOLDER]'); process.exit(2); }
const { chromium } = createRequire(path.join(process.cwd(), 'here.js'))(process.env.PLAYWRIGHT || 'playwright-core');
const problems = [];
const ask = (holds, what) => { if (!holds) problems.push(what); };

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || '/usr/bin/chromium', args: ['--no-sandbox'] });
for (const colorScheme of ['light', 'dark']) {
  const context = await browser.newContext({ colorScheme, viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  const url = pathToFileURL(path.resolve(file)).href;
  page.on('console', message => { if (['error', 'warning'].includes(message.type())) problems.push(`${colorScheme}: console: ${message.text()}`); });
  page.on('pageerror', error => problems.push(`${colorScheme}: ${error}`));
  page.on('request', request => { if (request.url() !== url && !request.url().startsWith('data:')) problems.push(`${colorScheme}: asks for ${request.url()}`); });
  await page.goto(url);
  // From the keyboard: the first step leads past the head.
  await page.keyboard.press('Tab');
  ask(await page.evaluate(() => document.activeElement.className === 'skip'), 'the first key leads nowhere');
  ask((await page.title()).length > 10, 'no title');
  ask(await page.locator('#answers li').count() > 0, 'no answer on top');
  const text = await page.locator('body').innerText();
  ask(!/undefined|NaN|\[object|%[0-9]/.test(text), `${colorScheme}: a word is missing: ${(text.match(/.{0,30}(undefined|NaN|\[object|%[0-9]).{0,30}/) || [])[0]}`);

  // Each chart is drawn, is told to those who do not see it, and has its data behind it.
  const figures = page.locator('#charts figure');
  const count = await figures.count();
  ask(count >= 4, `only ${count} charts`);
  for (let at = 0; at < count; at += 1) {
    const figure = figures.nth(at), name = await figure.getAttribute('id');
    ask(await figure.locator('svg path, svg rect').count() > 2, `${name} is empty`);
    ask((await figure.locator('.chart').getAttribute('aria-label') || '').length > 5, `${name} is not told`);
    ask(await figure.locator('details tbody tr').count() > 0, `${name} has no data behind it`);
    const box = await figure.locator('.chart').boundingBox();
    ask(box.width > 200 && box.height > 100, `${name} is ${box.width} × ${box.height}`);
    const width = await figure.locator('svg').evaluate(svg => svg.getBoundingClientRect().width);
    ask(Math.abs(width - box.width) < 2, `${name} is drawn ${width} wide in ${box.width}`);
  }
  // The page itself never scrolls sideways.
  ask(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'the page is wider than the window');

  // Tables sort by their heads, down and up again; numbers by what they are.
  for (const id of ['largest', 'slices', 'misses']) {
    const table = page.locator(`#${id}`), heads = table.locator('th button');
    if (!await table.isVisible() || await table.locator('tbody tr').count() < 2) continue;
    for (let at = 0; at < await heads.count(); at += 1) {
      await heads.nth(at).click();
      const first = await heads.nth(at).locator('xpath=..').getAttribute('aria-sort');
      await page.keyboard.press('Enter');
      const then = await heads.nth(at).locator('xpath=..').getAttribute('aria-sort');
      ask([first, then].sort().join() === 'ascending,descending', `${id}: head ${at} sorts ${first}, then ${then}`);
      ask(await heads.nth(at).evaluate(head => head === document.activeElement), `${id}: head ${at} loses the keyboard`);
    }
  }
  const sorted = await page.evaluate(() => {
    const table = document.querySelector('#slices'), heads = [...table.querySelectorAll('th button')];
    heads[1].click();
    const values = [...table.querySelectorAll('tbody tr')].map(row => Number(row.cells[1].textContent.split(' (')[0].replace(/[^0-9.-]/g, '')));
    return values.every((value, at) => at === 0 || values[at - 1] >= value);
  });
  if (await page.evaluate(() => document.documentElement.lang === 'en')) ask(sorted, 'the slices do not sort by their numbers');

  // The filter leaves what fits, and gives the rest back.
  const rows = page.locator('#slices tbody tr'), all = await rows.count();
  const word = (await rows.first().locator('td').first().innerText()).trim();
  await page.fill('#filter', word);
  const kept = await rows.allInnerTexts();
  ask(kept.length > 0 && kept.every(row => row.toLowerCase().includes(word.toLowerCase())), `the filter by ${word} leaves ${kept.length} rows`);
  await page.fill('#filter', 'no slice has this name');
  ask(await rows.count() === 0, 'the filter leaves what does not fit');
  await page.fill('#filter', '');
  ask(await rows.count() === all, 'the filter does not give all back');

  // Every choice draws.
  for (const id of ['variant', 'unit', 'by']) {
    if (!await page.locator(`#${id}`).isVisible()) continue;
    const options = await page.locator(`#${id} option`).evaluateAll(list => list.map(option => option.value));
    for (const option of options) {
      await page.selectOption(`#${id}`, option);
      ask(await figures.count() >= 3, `${id} ${option} draws nothing`);
    }
    await page.selectOption(`#${id}`, options[Math.min(1, options.length - 1)]);
  }
  if (await page.locator('#variant option').count() > 1) await page.selectOption('#variant', '1');
  if (folder) await page.screenshot({ path: path.join(folder, `report-${colorScheme}.png`), fullPage: true });
  await page.setViewportSize({ width: 420, height: 800 });
  ask(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'the page is wider than a telephone');
  if (folder) await page.screenshot({ path: path.join(folder, `narrow-${colorScheme}.png`), fullPage: true });
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.emulateMedia({ media: 'print' });
  ask(!await page.locator('.choose').isVisible(), 'choices are printed');
  // On paper letters are dark, whatever the screen was.
  const ink = await page.evaluate(() => getComputedStyle(document.body).color.match(/\d+/g).slice(0, 3).map(Number));
  ask(ink.every(part => part < 100), `printed in ${ink}`);
  if (folder) await page.pdf({ path: path.join(folder, `report-${colorScheme}.pdf`), format: 'A4' });
  await context.close();
}
await browser.close();
problems.forEach(problem => console.error(problem));
console.log(problems.length ? `${problems.length} problems` : 'the report works: light, dark, narrow, printed');
process.exit(problems.length ? 1 : 0);
