import { expect, test } from 'vitest';
import { LiveOutput } from '../../src/engine/live-output.ts';
import { Mask, maskText } from '../../src/engine/mask.ts';

const maskOf = (...secrets: readonly string[]): Mask => {
  const mask = new Mask();
  for (const secret of secrets) mask.add(secret);
  return mask;
};

const mask = maskOf('hunter22');

test('masks every text in a value, also encoded', () => {
  const value = { a: ['x hunter22', 1], b: { c: btoa('hunter22') }, at: new Date(0), n: null };
  expect(mask.value(value)).toEqual({
    a: [`x ${maskText}`, 1],
    b: { c: expect.stringContaining(maskText) },
    at: new Date(0),
    n: null,
  });
  expect(value.a[0]).toBe('x hunter22');
});

test('in what a task found no text is a word of ours, whatever its key', () => {
  const report = {
    status: 'hunter22',
    tasks: [{ result: { status: 'hunter22', a: [{ host: 'hunter22' }] } }],
  };
  expect(mask.value(report)).toEqual({
    status: 'hunter22',
    tasks: [{ result: { status: maskText, a: [{ host: maskText }] } }],
  });
});

test('what holds no secret is given back as it is, beside what does', () => {
  const clean = { name: 'a task', items: ['b', { c: 'd' }] };
  expect(mask.value(clean)).toBe(clean);
  const [first, second] = mask.value([clean, { name: 'hunter22' }]);
  expect(first).toBe(clean);
  expect(second).toEqual({ name: maskText });
});

test('a key of what a task found is masked too', () => {
  expect(mask.value({ result: { variables: { hunter22: 1 } } })).toEqual({
    result: { variables: { [maskText]: 1 } },
  });
});

test('whatever a secret is, a program finds all keys and words of a report', () => {
  const report = (told: string, mount: string) => ({
    mode: 'check',
    startedAt: '2026-01-02T03:04:05.678Z',
    hosts: [
      {
        name: told,
        status: 'drift',
        error: told,
        tasks: [
          {
            name: told,
            module: 'file',
            status: 'drift',
            cause: 'host',
            since: { at: '2026-01-02T03:04:05.678Z', checks: 2 },
            changes: [{ summary: told, diff: { path: told, before: null, after: told } }],
          },
        ],
        orphans: [`file:/srv/${mount}`],
        prunable: [`file:/srv/${mount}`],
      },
    ],
    summary: { ok: 0, changed: 0, drift: 1, failed: 0, unreachable: 0 },
    causes: [{ kind: 'missing', findings: [{ code: 'missing-file', message: told }] }],
  });
  const words = JSON.stringify(report('', ''))
    .split(/[^\w-]+/)
    .filter((word) => word.length >= 4);
  expect(words).toContain('orphans');
  for (const word of words)
    expect(maskOf(word).value(report(word, word))).toEqual(report(maskText, maskText));
});

test('a secret that is a word of a report hides no status', () => {
  const event = {
    type: 'task-finished',
    status: 'changed',
    message: 'changed it',
    hosts: [{ error: 'changed' }],
  };
  expect(maskOf('changed', 'task').value(event)).toEqual({
    type: 'task-finished',
    status: 'changed',
    message: `${maskText} it`,
    hosts: [{ error: maskText }],
  });
});

test.each([0, 1, 2, 3, 4, 5])(
  'base64 of a text in which the secret begins at byte %i holds nothing of it',
  (offset) => {
    const secret = 'pass?>wörd~~~ÿ0';
    const text = `${'#'.repeat(offset)}${secret}, and more`;
    for (const form of ['base64', 'base64url'] as const) {
      const encoded = Buffer.from(text).toString(form);
      const shown = maskOf(secret).text(encoded);
      expect(shown).toContain(maskText);
      for (const part of shown.split(maskText)) {
        const at = encoded.indexOf(part);
        expect(Buffer.from(encoded.slice(at, at + part.length), form).toString()).not.toContain('wör');
      }
      expect(shown.replace(maskText, '').length).toBeLessThan(encoded.length - secret.length);
    }
  },
);

test('base64 that a program broke into lines', () => {
  const secret = 'abcdefghijklmnopqrstuvwxyz0123456789';
  for (let before = 0; before < 80; before += 1) {
    const text = Buffer.from(`${'.'.repeat(before)}${secret}${'.'.repeat(30)}`).toString('base64');
    const lines = text.match(/.{1,76}/g) ?? [];
    for (const json of [JSON.stringify({ lines: lines.join('\n') }), JSON.stringify({ lines }, null, 2)])
      expect(maskOf(secret).text(json)).toContain(maskText);
    const shown = maskOf(secret).text(`begin\n${lines.join('\n')}\nend`);
    expect(shown).toContain(maskText);
    expect(shown).toMatch(/^begin\n/);
    expect(shown).toMatch(/\nend$/);
    for (const part of [0, 1, 2].map((skip) =>
      Buffer.from(`${'.'.repeat(skip)}${secret}`)
        .toString('base64')
        .slice(4, 20),
    ))
      expect(shown.replaceAll('\n', '')).not.toContain(part);
  }
});

test.each([
  ['JSON', String.raw`{"a":"say \"hi\" tö\n"}`],
  ['JSON in ASCII', String.raw`{"a":"say \"hi\" t\u00f6\n"}`],
  ['sh', `'say "hi" tö'`],
  ['a URL', 'http://me:say%20%22hi%22%20t%C3%B6@host/'],
  ['a form', 'p=say+%22hi%22+t%C3%B6&x=1'],
])('quoted for %s', (_, text) => {
  expect(maskOf('say "hi" tö').text(text)).toContain(maskText);
  expect(maskOf('say "hi" tö').text(text)).not.toMatch(/say|hi/);
});

test('a secret of several lines is hidden line by line, and without its last line break', () => {
  const key = '-----BEGIN KEY-----\nMC4CAQAwBQYDK2Vw\nBCIEIHx0\n-----END KEY-----\n';
  expect(maskOf(key).text('  MC4CAQAwBQYDK2Vw\n+ BCIEIHx0')).toBe(`  ${maskText}\n+ ${maskText}`);
  expect(maskOf(key).text(`key: ${key.trim()}!`)).toBe(`key: ${maskText}!`);
});

test('of secrets in one another, and of those that overlap, nothing is left', () => {
  expect(maskOf('hunter', 'hunter22').text('hunter22 hunter')).toBe(`${maskText} ${maskText}`);
  expect(maskOf('abcdef', 'defghi').text('-abcdefghi-')).toBe(`-${maskText}-`);
});

test('secrets of less than four characters are not looked for: they would hide half of every text', () => {
  expect(maskOf('on', 'a', '22', 'abc').text('state on port 22: abc')).toBe('state on port 22: abc');
});

test('a shared mask hides what it learns later, too', () => {
  const shared = new Mask();
  const own = new Mask(shared);
  expect(own.text('first second')).toBe('first second');
  shared.add('first');
  expect(own.text('first second')).toBe(`${maskText} second`);
  own.add('second');
  expect(own.text('first second')).toBe(`${maskText} ${maskText}`);
  shared.add('third');
  expect(own.text('third first second')).toBe(`${maskText} ${maskText} ${maskText}`);
  expect([...own.secrets]).toEqual(['second']);
  expect(shared.text('second')).toBe('second');
});

test('the last value of a secret is not shown in a diff', () => {
  const diff = {
    before: 'user: me\npassword: old-one\nport: 1',
    after: 'user: me\npassword: hunter22\nport: 2',
  };
  expect(mask.value({ diff })).toEqual({
    diff: {
      before: `user: me\npassword: ${maskText} (before)\nport: 1`,
      after: `user: me\npassword: ${maskText}\nport: 2`,
    },
  });
});

test('nor is its base64, whose padding is another one', () => {
  const encoded = (text: string): string => `token ${btoa(text)}`;
  const { before } = mask.value({ before: encoded('seven..'), after: encoded('hunter22') });
  expect(before).toMatch(/^token \*{8} \(before\)=?$/);
});

test('many secrets cost one walk along a text', () => {
  const many = maskOf(...Array.from({ length: 3000 }, (_, index) => `secret number ${index}`));
  const text = 'nothing secret in this line of a log\n'.repeat(30_000);
  // A regular expression of all of them takes minutes.
  expect(many.text(text)).toBe(text);
});

/** What is shown of output that comes in these pieces. */
const shownOf = (live: LiveOutput, pieces: readonly string[]): readonly string[] => [
  ...pieces.map((piece) => mask.text(live.feed(piece))),
  mask.text(live.end()),
];

test('a secret that comes in two pieces is held back until it is whole', () => {
  const text = 'first hunter22 last hunt';
  for (let cut = 0; cut <= text.length; cut += 1) {
    const shown = shownOf(new LiveOutput(mask), [text.slice(0, cut), text.slice(cut)]);
    expect(shown.join('')).toBe(`first ${maskText} last hunt`);
  }
  expect(shownOf(new LiveOutput(mask), [...text]).join('')).toBe(`first ${maskText} last hunt`);
});

test('what cannot be the beginning of a secret is shown at once', () => {
  expect(shownOf(new LiveOutput(mask), ['50 %\r', '60 % h', 'm'])).toEqual(['50 %\r', '60 % ', 'hm', '']);
});
