import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { outlineOf } from '../../src/cli/completion/outline.ts';
import { describeCommands } from '../../src/cli/dispatch.ts';
import { renderManualPage } from '../../src/cli/manual-page.ts';
import { fakeIo } from '../cli/fake-io.ts';

const page = renderManualPage(outlineOf(describeCommands(fakeIo().io).cli));

test('the manual page is what the command line says of itself (npm run docs)', () => {
  expect(readFileSync(resolve(import.meta.dirname, '../../docs/syn-deploy.1'), 'utf8')).toBe(page);
});

test('it has every command with every option, and no sign that roff would take for a request', () => {
  for (const word of ['apply', 'secret', 'completion']) expect(page).toContain(`.SS syn\\-deploy ${word}`);
  expect(page).toContain('\\fB\\-\\-lock\\-timeout\\fR \\fIseconds\\fR');
  const requests = page.split('\n').filter((line) => /^[.']/.test(line));
  expect(requests.filter((line) => !/^\.(?:TH|SH|SS|TP|PP|br|EX|EE|BR)\b/.test(line))).toEqual([]);
});
