import { expect, test } from 'vitest';
import { createScope, type Lookups, type Scope, templatedVariables } from '../../src/template/scope.ts';

const lookups: Lookups = {
  chance: () => 'of this run',
  password: ({ fleeting }) => {
    return String(fleeting);
  },
};

const scopeOf = (host: string, item?: string, given = lookups): Scope =>
  createScope([templatedVariables('inventory', { inventory_hostname: host, item })], { lookups: given });

const spanAt = (offset: number, length: number) => ({
  ...{ file: 'site.yml', line: 1, column: offset + 1, offset, length },
});

const at = (offset: number, scope: Scope, text: string): unknown => {
  const template = `{{ ${text} }}`;
  return scope.render({ msg: template }, { at: () => spanAt(offset, template.length) });
};

const texts = [
  'range(100000) | list | random',
  '100000 | random',
  "range(20) | list | shuffle | join(',')",
  "'secret' | password_hash('sha512', rounds=1000)",
  "lookup('password', '/dev/null length=8')",
];

test.each(texts)(
  '%s is the same for a host and a place as long as the run is, and another elsewhere',
  (text) => {
    const first = at(10, scopeOf('a'), text);
    expect(at(10, scopeOf('a'), text)).toEqual(first);
    const others = [at(10, scopeOf('b'), text), at(200, scopeOf('a'), text), at(10, scopeOf('a', 'x'), text)];
    expect(new Set([first, ...others]).size).toBe(4);
    const next = { ...lookups, chance: () => 'of the next run' };
    expect(at(10, scopeOf('a', undefined, next), text)).not.toEqual(first);
  },
);

test('two in one text are two', () => {
  const value = scopeOf('a').render('{{ 1000000 | random }} {{ 1000000 | random }}', {
    at: () => spanAt(5, 45),
  });
  const [one, other] = String(value).split(' ');
  expect(one).not.toBe(other);
});

test.each(texts)('%s is refused where values of chance are, with what to do', (text) => {
  const scope = scopeOf('a', undefined, { password: () => 'x' });
  expect(() => at(10, scope, text)).toThrow(/another|each time/);
});
