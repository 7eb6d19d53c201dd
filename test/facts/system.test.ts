import { expect, it } from 'vitest';
import { isSystemVariable } from '../../src/engine/system-variables.ts';
import { system, systems } from '../../src/facts/system.ts';
import { observeLocally } from './support/run-script.ts';

const dateTimeAt = (printed: string): unknown => {
  const fact = observeLocally(systems, [system], { date: `printf 'date=%s\\n' '${printed}'` }).get('system');
  return fact === 'absent' || fact === undefined ? fact : (fact as Record<string, unknown>)['date_time'];
};

it('the time of the host is told as Ansible tells it', () => {
  // As Ansible 2.19's setup gives it for that moment in Berlin.
  expect(dateTimeAt('1783036985 +0200 CEST 2026-07-03 02:03:05 Friday 5 26')).toEqual({
    ...{ year: '2026', month: '07', day: '03', hour: '02', minute: '03', second: '05' },
    ...{ date: '2026-07-03', time: '02:03:05', weekday: 'Friday', weekday_number: '5', weeknumber: '26' },
    ...{ epoch: '1783036985', epoch_int: '1783036985', tz: 'CEST', tz_offset: '+0200' },
    iso8601: '2026-07-03T00:03:05Z',
    iso8601_micro: '2026-07-03T00:03:05.000000Z',
    iso8601_basic: '20260703T020305000000',
    iso8601_basic_short: '20260703T020305',
  });
});

it('it is the time by this machine’s own date', () => {
  const fact = observeLocally(systems, [system]).get('system') as { date_time: { epoch: string } };
  expect(Math.abs(Number(fact.date_time.epoch) - Date.now() / 1000)).toBeLessThan(30);
});

it('every name is a variable that a play may use before the host was looked at', () => {
  const fact = observeLocally(systems, [system]).get('system') as Readonly<Record<string, unknown>>;
  const names = Object.keys(fact).map((name) => `ansible_${name}`);
  expect(names.filter((name) => !isSystemVariable(name))).toEqual([]);
  expect(names.length).toBeGreaterThan(20);
});
