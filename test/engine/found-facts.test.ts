import { expect, test } from 'vitest';
import { setBy, toldOf, withSet, withSystemFacts } from '../../src/engine/found-facts.ts';
import { Blocked } from '../../src/model/unknown.ts';
import type { LazyMapping } from '../../src/template/values.ts';

const found = (facts: Record<string, unknown>) => setBy({ actions: [], ansibleFacts: facts }) ?? {};

test('what is found out is a variable, and in ansible_facts beside what was found before', () => {
  const set = withSet(withSet({ own: 1 }, found({ services: 'a' })), found({ packages: 'b' }));
  expect(set).toEqual({
    ...{ own: 1, services: 'a', packages: 'b' },
    ansible_facts: { services: 'a', packages: 'b' },
  });
  expect(withSystemFacts(set, { distribution: 'Debian' })['ansible_facts']).toEqual({
    ...{ distribution: 'Debian', services: 'a', packages: 'b' },
  });
});

test('what the system says of itself is waited for, what was found is there', () => {
  const all = withSystemFacts(found({ services: 'a' }), undefined)['ansible_facts'] as LazyMapping;
  expect(all.get('services')).toBe('a');
  expect(() => all.get('distribution')).toThrow(Blocked);
});

test('without anything found, ansible_facts is what the system says', () => {
  expect(withSystemFacts({ own: 1 }, { distribution: 'Debian' })).toEqual({ own: 1 });
});

test('other hosts are told each fact by its own name', () => {
  expect(toldOf(found({ services: 'a' }))).toEqual([['services', 'a']]);
});
