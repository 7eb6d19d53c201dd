import { expect, test } from 'vitest';
import { type UnitInstancesFact, unitInstanceSets, unitInstances } from '../../src/facts/unit-instances.ts';
import { FactFailure } from '../../src/model/fact.ts';

const keys = [unitInstances('w@'), unitInstances('v@.service')];
const parse = (output: string) => unitInstanceSets.parse(output, keys);

test('instances are those that systemd has loaded and those that links enable, by template', () => {
  const found = parse(`@units
w@a.service loaded active     running A worker
w@b.service loaded failed     failed  A worker
v@x.service loaded activating auto-restart
@folders
L m.target.wants/w@a.service
L m.target.wants/w@c.service
L m.target.wants/ww@c.service
D /etc/systemd/system/w@.service.d/x.conf
`);
  expect(found.get('w@.service')).toEqual({
    instances: [
      { name: 'w@a.service', activeState: 'active', isLinked: true },
      { name: 'w@b.service', activeState: 'failed', isLinked: false },
      { name: 'w@c.service', activeState: 'inactive', isLinked: true },
    ],
  });
  expect((found.get('v@.service') as UnitInstancesFact).instances).toHaveLength(1);
});

test('a host without systemd is a failure, strange output an error', () => {
  expect(parse('@failed\n').get('w@.service')).toBeInstanceOf(FactFailure);
  expect(() => parse('@units\nodd\n@folders\n')).toThrow('odd');
  expect(() => parse('nothing known')).toThrow('nothing known');
});
