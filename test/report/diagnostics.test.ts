import { expect, test } from 'vitest';
import type { Diagnostic } from '../../src/model/diagnostic.ts';
import { renderDiagnostics } from '../../src/report/diagnostics.ts';

const text = ['- name: a', '  file:', '    moed: "0750"', '\tpath: /x', ''].join('\n');

const at = (line: number, column: number, length: number, file = 'web.yml'): Diagnostic['span'] & object => ({
  file,
  line,
  column,
  offset: line * 100 + column,
  length,
});

const render = (diagnostics: readonly Diagnostic[], color = false): string =>
  renderDiagnostics(diagnostics, (file) => (file === 'web.yml' ? text : undefined), { color });

const unknownKey: Diagnostic = {
  severity: 'error',
  code: 'unknown-key',
  message: 'unknown key "moed" in file',
  span: at(3, 5, 4),
  hint: 'did you mean "mode"?',
};

test('shows the place, the line with a caret, and the hint', () => {
  expect(render([unknownKey])).toBe(
    [
      'web.yml:3:5: error: unknown key "moed" in file [unknown-key]',
      '3 |     moed: "0750"',
      '  |     ^^^^',
      'hint: did you mean "mode"?',
      '',
      '1 error',
      '',
    ].join('\n'),
  );
});

test('shows related places with their lines', () => {
  const shown = render([
    { ...unknownKey, hint: undefined, related: [{ message: 'first here', span: at(1, 3, 4) }] },
  ]);
  expect(shown).toContain('web.yml:1:3: note: first here\n1 | - name: a\n  |   ^^^^\n');
});

test('sorts by place, those of no file first, and counts', () => {
  const late: Diagnostic = { severity: 'warning', code: 'b', message: 'late', span: at(4, 1, 1) };
  const flag: Diagnostic = { severity: 'error', code: 'c', message: 'flag' };
  const lines = render([late, unknownKey, flag, late]).split('\n');
  expect(lines.filter((line) => line.includes('error:') || line.includes('warning:'))).toEqual([
    'error: flag [c]',
    'web.yml:3:5: error: unknown key "moed" in file [unknown-key]',
    'web.yml:4:1: warning: late [b]',
  ]);
  expect(lines.at(-2)).toBe('2 errors, 1 warning');
});

test('keeps tabs before the caret', () => {
  expect(render([{ ...unknownKey, span: at(4, 2, 4) }])).toContain('4 | \tpath: /x\n  | \t^^^^\n');
});

test('ends the carets with the line', () => {
  expect(render([{ ...unknownKey, span: at(1, 3, 400) }])).toContain('\n  |   ^^^^^^^\n');
});

test('shows no line of a file that is not there, or past its end', () => {
  expect(render([{ ...unknownKey, hint: undefined, span: at(1, 1, 1, 'gone.yml') }])).toBe(
    'gone.yml:1:1: error: unknown key "moed" in file [unknown-key]\n\n1 error\n',
  );
  expect(render([{ ...unknownKey, hint: undefined, span: at(99, 1, 1) }])).not.toContain('|');
});

test('cuts a long line to a window around the place', () => {
  const long = `${'a'.repeat(500)}HERE${'b'.repeat(500)}`;
  const shown = renderDiagnostics([{ ...unknownKey, span: at(1, 501, 4) }], () => long, { color: false });
  const [, line = '', caret = ''] = shown.split('\n');
  expect(line.length).toBeLessThan(180);
  expect(line.slice(caret.indexOf('^'), caret.lastIndexOf('^') + 1)).toBe('HERE');
});

test('lets no control character of a file through to the terminal', () => {
  const shown = renderDiagnostics(
    [{ ...unknownKey, message: 'found "\u001b[2J"' }],
    () => `\n\n\u001b]0;x\u0007 moed`,
    { color: false },
  );
  expect(shown).not.toMatch(/[^\P{Cc}\n]/u);
});

test('is empty for no diagnostics', () => {
  expect(render([])).toBe('');
});

test('is coloured when asked', () => {
  expect(render([unknownKey], true)).toContain('\u001b[31merror:\u001b[0m');
  expect(render([unknownKey])).not.toContain('\u001b');
});

test('hides secrets in what comes from elsewhere, and never in a code or in words of ours', () => {
  const hide = (shown: string): string => shown.replaceAll(/unknown|error|moed|hint/g, '********');
  const rendered = renderDiagnostics([unknownKey], () => text, { color: false, hide });
  expect(rendered).toBe(
    [
      'web.yml:3:5: error: ******** key "********" in file [unknown-key]',
      '3 |     ********: "0750"',
      '  |     ^^^^',
      'hint: did you mean "mode"?',
      '',
      '1 error',
      '',
    ].join('\n'),
  );
});
