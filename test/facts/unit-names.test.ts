import { expect, test } from 'vitest';
import { instanceName, instanceOf, isTemplate } from '../../src/facts/unit-names.ts';

test('a template is told from its instances', () => {
  expect(['w@.service', 'w@', 'w@1.service', 'w.service'].map(isTemplate)).toEqual([
    true,
    true,
    false,
    false,
  ]);
});

test('an instance is named from its template and back, whatever it is called', () => {
  for (const instance of ['1', 'a.b', '$&', 'x@y', '\\x2d']) {
    const name = instanceName('w@.service', instance);
    expect(instanceOf(name)).toEqual({ template: 'w@.service', prefix: 'w', instance });
  }
  expect(instanceOf('w@.service')).toBeUndefined();
});
