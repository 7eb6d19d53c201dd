import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { hasStaleLinks, isActive, type UnitFact, unit, units } from '../../src/facts/units.ts';
import { FactFailure } from '../../src/model/fact.ts';

/** As systemd 252 prints it: in its own order, not ours. */
const redis = `Type=notify
RemainAfterExit=no
MainPID=812
Result=success
ReloadResult=success
NRestarts=0
ExecMainStartTimestamp=Mon 2026-11-23 23:52:34.670421 UTC
Id=redis-server.service
Names=redis-server.service redis.service
LoadState=loaded
ActiveState=active
SubState=running
FragmentPath=/lib/systemd/system/redis-server.service
DropInPaths=/etc/systemd/system/redis-server.service.d/a.conf
UnitFileState=enabled
StateChangeTimestamp=Mon 2026-11-23 23:52:34.687162 UTC
ActiveEnterTimestamp=Mon 2026-11-23 23:52:34.687162 UTC
CanReload=yes
NeedDaemonReload=no`;

const missing = `Id=nosuch.service
Names=nosuch.service
LoadState=not-found
ActiveState=inactive
SubState=dead
FragmentPath=
DropInPaths=
UnitFileState=
StateChangeTimestamp=
ActiveEnterTimestamp=
NeedDaemonReload=no`;

const folders = `@folders
L multi-user.target.wants/redis-server.service
L multi-user.target.wants/ssh.service
D /etc/systemd/system/redis-server.service.d/a.conf`;

const install = `@install
/etc/systemd/system/redis-server.service.d/a.conf\0[Service]
/lib/systemd/system/redis-server.service\0[Unit]
/lib/systemd/system/redis-server.service\0[Install]
/lib/systemd/system/redis-server.service\0WantedBy=multi-user.target`;

const parseOne = (record: string, more = `${folders}\n${install}`): UnitFact =>
  units.parse(`@show\n${record}\n${more}\n`, [unit('redis')]).get('redis.service') as UnitFact;

describe('the fact of a unit', () => {
  test('takes a name without suffix for a service', () => {
    expect([unit('nginx').id, unit('a.target').id, unit('x@y').id]).toEqual([
      'nginx.service',
      'a.target',
      'x@y.service',
    ]);
  });

  test('goes by the order of the names, so that an alias gets the unit it stands for', () => {
    const found = units.parse(`@show\n${redis}\n\n${missing}\n\n${redis}\n${folders}\n${install}\n`, [
      unit('redis'),
      unit('nosuch'),
      unit('redis-server'),
    ]);
    expect(found.get('redis.service')).toMatchObject({ id: 'redis-server.service', mainPid: 812 });
    expect(found.get('redis-server.service')).toEqual(found.get('redis.service'));
    expect(found.get('nosuch.service')).toMatchObject({ loadState: 'not-found', activeState: 'inactive' });
  });

  test('has times that compare with those of files, the start of the main process first', () => {
    const fact = parseOne(redis);
    expect(fact.startedAt).toBeCloseTo(Date.parse('2026-11-23T23:52:34Z') / 1000 + 0.670421, 5);
    expect(fact.configuredAt).toBe(fact.startedAt);
  });

  test('takes a change of state of a oneshot that stays up for a reload, as postgresql.service is one', () => {
    const reloaded = redis
      .replace('SubState=running', 'SubState=exited')
      .replace('Type=notify', 'Type=oneshot')
      .replace(/^StateChangeTimestamp=.*$/m, 'StateChangeTimestamp=Mon 2026-11-23 23:59:00.500000 UTC');
    expect(reloaded).toContain('Type=oneshot');
    expect(parseOne(reloaded).configuredAt).toBe(Date.parse('2026-11-23T23:59:00.500Z') / 1000);
    const ended = parseOne(reloaded.replace('Type=oneshot', 'Type=simple'));
    expect(ended.configuredAt).toBe(ended.startedAt);
  });

  test('takes a change of state after it came up for a reload', () => {
    const reloaded = redis.replace(
      'StateChangeTimestamp=Mon 2026-11-23 23:52:34.687162',
      'StateChangeTimestamp=Mon 2026-11-23 23:59:00.5',
    );
    expect(parseOne(reloaded).configuredAt).toBe(Date.parse('2026-11-23T23:59:00.500Z') / 1000);
    const refused = parseOne(reloaded.replace('ReloadResult=success', 'ReloadResult=exit-code'));
    expect(refused.configuredAt).toBe(refused.startedAt);
  });

  test('has no start while it is down', () => {
    const fact = parseOne(redis.replace('ActiveState=active', 'ActiveState=failed'));
    expect([fact.startedAt, fact.configuredAt, isActive(fact)]).toEqual([0, 0, false]);
  });

  test('knows which links enable it and which its [Install] asks for', () => {
    const fact = parseOne(redis);
    expect(fact.links).toEqual(['multi-user.target.wants/redis-server.service']);
    expect(hasStaleLinks(fact)).toBe(false);
    const moved = parseOne(redis, `${folders}\n${install.replace('=multi-user', '=other')}`);
    expect(moved.wantedLinks).toEqual(['other.target.wants/redis-server.service']);
    expect(hasStaleLinks(moved)).toBe(true);
  });

  test('sees a drop-in that systemd has not noticed', () => {
    expect(parseOne(redis).needsDaemonReload).toBe(false);
    const more = `${folders}\nD /etc/systemd/system/redis-server.service.d/new.conf\n${install}`;
    expect(parseOne(redis, more).needsDaemonReload).toBe(true);
  });

  test('is found for a template by its unit file', () => {
    const keys = [unit('getty@.service'), unit('nosuch@.service')];
    const found = units.parse(
      '@show\n\n@templates\ngetty@.service enabled enabled\n@folders\n@install\n',
      keys,
    );
    expect(found.get('getty@.service')).toMatchObject({ loadState: 'loaded', unitFileState: 'enabled' });
    expect(found.get('nosuch@.service')).toMatchObject({ loadState: 'not-found' });
  });

  test('is a failure where systemd does not run', () => {
    const found = units.parse('@failed\nsystemd is not running here\n', [unit('a')]).get('a.service');
    expect(found).toBeInstanceOf(FactFailure);
    expect((found as FactFailure).message).toContain('systemd is not running here');
  });

  test('is an error when the output is strange, with the text of it', () => {
    expect(() => units.parse('what is this', [unit('a')])).toThrow('what is this');
    expect(() => units.parse(`@show\n${redis}\n`, [unit('a'), unit('b')])).toThrow('1 units where 2');
    expect(() => parseOne(redis.replace('23:52:34.687162 UTC', 'noon'))).toThrow('noon');
    expect(() => parseOne(redis, '@folders\nX y\n@install')).toThrow('X y');
  });

  test.each([
    ['units', [unit('a'), unit('b@c.service')]],
    ['templates only', [unit('a@.service')]],
    ['both', [unit('a'), unit('a@.service')]],
  ])('is asked for in sh that is sh, for %s', (_, keys) => {
    const { stderr, status } = spawnSync('sh', ['-n'], { input: units.script(keys).sh, encoding: 'utf8' });
    expect([stderr, status]).toEqual(['', 0]);
  });
});
