// Makes docs/audit.png: the HTML report of a sample audit, as Chromium shows it.
import { writeFile } from 'node:fs/promises';
import { startBrowser } from '../test/containers/support/browser.ts';
import { pageOf, sampleAudit } from '../test/report/sample-audit.ts';

await using own = await startBrowser();
const page = await own.browser.newPage({ viewport: { width: 900, height: 760 }, colorScheme: 'light' });
await page.goto(await own.put('audit.html', pageOf(sampleAudit())));
await page.locator('summary', { hasText: 'The site of nginx' }).click();
await page.evaluate('document.activeElement.blur(); scrollTo(0, 0)');
await writeFile('docs/audit.png', await page.screenshot());
if (process.argv.includes('--all'))
  for (const [name, width, colorScheme] of [
    ['phone', 360, 'light'],
    ['dark', 1300, 'dark'],
  ] as const) {
    const other = await own.browser.newPage({ viewport: { width, height: 800 }, colorScheme });
    await other.goto(await own.put('audit.html', pageOf(sampleAudit())));
    await other.locator('summary', { hasText: 'The site of nginx' }).click();
    await writeFile(`/tmp/rp/${name}.png`, await other.screenshot({ fullPage: true }));
    if (name === 'dark') {
      await other.emulateMedia({ media: 'print', colorScheme: 'light' });
      await writeFile('/tmp/rp/print.pdf', await other.pdf({ format: 'A4' }));
    }
  }
