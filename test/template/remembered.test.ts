import { expect, test, vi } from 'vitest';
import {
  changingMapping,
  createScope,
  hostVariables,
  type Scope,
  templatedVariables,
  variables,
} from '../../src/template/scope.ts';

const shared = { town: '{{ country }}-town', list: [1, 2] };
const scopeOf = (own: Readonly<Record<string, unknown>>): Scope =>
  createScope([templatedVariables('shared', shared), variables('own', own)]);

/** How often it was made for the scopes, and what came out. */
const remember = (scopes: readonly Scope[], make: (scope: Scope) => unknown) => {
  const home = {};
  const made = vi.fn(make);
  const values = scopes.map((scope) => scope.remembered(home, 'key', () => made(scope)));
  return { times: made.mock.calls.length, values };
};

test('it is made once for scopes in which what it asks for stands for the same', () => {
  const scopes = [
    scopeOf({ name: 'a', country: 'x' }),
    scopeOf({ name: 'b', country: 'x' }),
    scopeOf({ country: 'y' }),
  ];
  expect(remember(scopes, (scope) => scope.get('town'))).toEqual({
    times: 2,
    values: ['x-town', 'x-town', 'y-town'],
  });
  expect(remember(scopes, (scope) => scope.render('{{ name | default("none") }}')).values).toEqual([
    'a',
    'b',
    'none',
  ]);
});

test('a variable that is set nowhere is asked for too', () => {
  const scopes = [scopeOf({}), scopeOf({ extra: 1 })];
  expect(remember(scopes, (scope) => scope.evaluate('extra is defined')).values).toEqual([false, true]);
});

test('what it lays over the scope itself does not count, what that hides does', () => {
  const each = (scope: Scope): unknown =>
    (scope.get('list') as number[]).map((item) =>
      scope.with([variables('loop', { item })]).render('{{ item }} in {{ country }}'),
    );
  const scopes = [
    scopeOf({ country: 'x', item: 'mine' }),
    scopeOf({ country: 'x' }),
    scopeOf({ country: 'y' }),
  ];
  expect(remember(scopes, each)).toEqual({
    times: 2,
    values: [
      ['1 in x', '2 in x'],
      ['1 in x', '2 in x'],
      ['1 in y', '2 in y'],
    ],
  });
  const both = (scope: Scope): unknown => [scope.get('item'), each(scope)];
  expect(remember(scopes, both).times).toBe(3);
});

test('one within another tells the outer one what it asked for', () => {
  const home = {};
  const outer = (scope: Scope): unknown => scope.remembered(home, 'inner', () => scope.get('town'));
  const scopes = [scopeOf({ country: 'x' }), scopeOf({ country: 'y' }), scopeOf({ country: 'x' })];
  expect(remember(scopes, outer)).toEqual({ times: 2, values: ['x-town', 'y-town', 'x-town'] });
});

test("what other hosts' variables say is asked anew each time", () => {
  let country = 'x';
  const hostvars = hostVariables(['other'], () => scopeOf({ country, item: 1 }));
  const scopes = [scopeOf({ hostvars }), scopeOf({ hostvars })];
  const ask = (scope: Scope): unknown =>
    scope.with([variables('loop', { item: 2 })]).evaluate('hostvars.other.item');
  expect(remember(scopes, ask).times).toBe(2);
  country = 'y';
  const fresh = hostVariables(['other'], () => scopeOf({ country }));
  expect(
    remember([scopeOf({ hostvars: fresh })], (scope) => scope.evaluate('hostvars.other.town')).values,
  ).toEqual(['y-town']);
});

test('an error is not kept', () => {
  const home = {};
  const [good, bad] = [scopeOf({ country: 'x' }), scopeOf({})];
  const town = (scope: Scope): unknown => scope.remembered(home, 'key', () => scope.get('town'));
  expect(() => town(bad)).toThrow('country');
  expect(() => town(bad)).toThrow('country');
  expect(town(good)).toBe('x-town');
});

test('what holds a part of a changing mapping is asked for anew each time, and says why a part is missing', () => {
  let town = 'x';
  const changing = changingMapping(
    (key) => (key === 'town' ? town : undefined),
    () => ['town'],
    (key) => (key === 'road' ? 'it has not been built' : undefined),
  );
  const home = {};
  const scope = createScope([
    variables('magic', { changing }),
    templatedVariables('role', { address: 'in {{ changing.town }}', all: '{{ changing.keys() | list }}' }),
  ]);
  const ask = (): unknown => scope.remembered(home, 'key', () => [scope.get('address'), scope.get('all')]);
  expect(ask()).toEqual(['in x', ['town']]);
  town = 'y';
  expect(ask()).toEqual(['in y', ['town']]);
  expect(() => scope.evaluate('changing.road')).toThrow(
    '"changing" has no key "road": it has not been built',
  );
  expect(() => scope.evaluate('"road" | extract(changing)')).toThrow('it has not been built');
  expect(scope.evaluate('changing.road | default("none")')).toBe('none');
});
