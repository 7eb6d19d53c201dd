import { expect, test } from 'vitest';
import { systemdManager, systemdManagers } from '../../src/facts/systemd-manager.ts';
import { FactFailure } from '../../src/model/fact.ts';

const all = systemdManager(true);
const parse = (output: string) => systemdManagers.parse(output, [all]).get('manager');
const unit = (needsReload: string, dropIns = '') =>
  `Id=a.service\nLoadState=loaded\nDropInPaths=${dropIns}\nNeedDaemonReload=${needsReload}`;

test('nothing is asked of the host unless somebody wants to know', () => {
  expect(systemdManagers.script([systemdManager()]).sh).toBe(':');
  expect(systemdManagers.parse('', [systemdManager()]).get('manager')).toEqual({ needsReload: false });
  expect(systemdManagers.merge?.(systemdManager(), all)).toBe(all);
  expect(systemdManagers.merge?.(all, systemdManager())).toBe(all);
});

test('one unit that is older than its files makes it need a reload', () => {
  expect(parse(`@units\n${unit('no')}\n\n${unit('yes')}\n@folders\n`)).toEqual({ needsReload: true });
  expect(parse(`@units\n${unit('no')}\n@folders\n`)).toEqual({ needsReload: false });
});

test('a drop-in that systemd has not noticed makes it need one too', () => {
  const dropIn = '/etc/systemd/system/a.service.d/x.conf';
  expect(parse(`@units\n${unit('no')}\n@folders\nD ${dropIn}\n`)).toEqual({ needsReload: true });
  expect(parse(`@units\n${unit('no', dropIn)}\n@folders\nD ${dropIn}\n`)).toEqual({ needsReload: false });
});

test('a host without systemd is a failure', () => {
  expect(parse('@failed\n')).toBeInstanceOf(FactFailure);
});

test('where no unit file has changed since systemd read them, no unit is asked about', () => {
  expect(parse('@unchanged\n')).toEqual({ needsReload: false });
});
