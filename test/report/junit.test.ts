import { expect, test } from 'vitest';
import type { RunEvent } from '../../src/model/event.ts';
import type { HostReport, RunReport } from '../../src/model/report.ts';
import type { DiffDetail } from '../../src/report/diff-lines.ts';
import { createJunitReporter } from '../../src/report/junit.ts';
import { xmlElement, xmlText } from '../../src/report/xml.ts';
import { firstHalf, hostReport, ref, runReport, secondHalf, taskReport } from './recorded-run.ts';

const written = (events: readonly RunEvent[], diff: DiffDetail = 'whole'): string => {
  let text = '';
  const reporter = createJunitReporter({ write: (piece) => (text += piece) }, diff);
  for (const event of events) reporter.emit(event);
  return text;
};

const ofHosts = (...hosts: readonly HostReport[]): string => {
  const report: RunReport = { ...runReport(hosts), mode: 'check' };
  return written([{ type: 'run-finished', report }]);
};

test('a suite a host and a case a task, with times, changes and failures', () => {
  expect(written([...firstHalf, ...secondHalf])).toBe(`\
<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="syn-deploy apply" tests="5" failures="1" errors="0" time="4.200">
<testsuite name="matrix1" tests="3" failures="0" errors="0" skipped="0" time="3.400" timestamp="2026-01-02T03:04:05" hostname="matrix1">
<testcase name="apt: Packages" classname="apply.matrix1" time="2.100"><system-out>changed apt: Packages [site.yaml:7:5]
  install redis-server 7.0.15</system-out></testcase>
<testcase name="copy: Configuration" classname="apply.matrix1" time="0.000"><system-out>changed copy: Configuration [site.yaml:11:5]
  write /etc/redis/redis.conf
    --- /etc/redis/redis.conf
    +++ /etc/redis/redis.conf
    @@ -1,2 +1,2 @@
    -port 0
    +port 6379
     bind ::1</system-out></testcase>
<testcase name="systemd: Redis runs" classname="apply.matrix1" time="0.000"/>
</testsuite>
<testsuite name="matrix2" tests="1" failures="1" errors="0" skipped="0" time="3.400" timestamp="2026-01-02T03:04:05" hostname="matrix2">
<testcase name="systemd: Redis runs" classname="apply.matrix2" time="0.000"><failure type="failed" message="start redis: exit status 1">failed systemd: Redis runs [site.yaml:17:5]
  start redis: exit status 1
  Job failed</failure></testcase>
<system-err>site.yaml:17:5: Redis runs: start redis: exit status 1</system-err>
</testsuite>
<testsuite name="matrix3" tests="1" failures="0" errors="0" skipped="0" time="3.400" timestamp="2026-01-02T03:04:05" hostname="matrix3">
<testcase name="systemd: Redis runs" classname="apply.matrix3" time="0.000"/>
</testsuite>
</testsuites>
`);
  expect(written(secondHalf, 'none')).not.toContain('6379');
});

test('drift is a failure, with its cause and age; what was not decided is skipped and says why', () => {
  const packages = ref('Packages', 'apt', 7);
  const tasks = [
    taskReport(packages, 'drift', {
      cause: 'host',
      changes: [{ summary: 'install a' }, { summary: 'remove b' }],
      since: { at: '2026-11-20T14:03:11.000Z', checks: 7 },
    }),
    taskReport(ref('Runs', 'systemd', 9), 'not-attempted', { because: '"Packages" (site.yaml:7:5)' }),
    taskReport(ref('Only elsewhere', 'copy', 11), 'skipped'),
  ];
  const text = ofHosts(hostReport('web1.example.org', 'drift', { tasks }));
  expect(text).toContain(
    '<failure type="drift" message="install a (and 1 more)">drift apt: Packages [site.yaml:7:5] cause: host, since 2026-11-20 14:03 UTC, 7 checks\n',
  );
  expect(text).toContain(
    '<skipped message="decided later: waits for &quot;Packages&quot; (site.yaml:7:5)"/>',
  );
  expect(text).toContain('<skipped message="its condition does not hold"/>');
  expect(text).toContain('classname="check.web1_example_org"');
  expect(text).toContain('tests="3" failures="1" errors="0" skipped="2"');
});

test('a host that was not reached is an error, and so is one that ended without a failed task', () => {
  const text = ofHosts(
    hostReport('a', 'unreachable', { error: 'no route to 192.0.2.1\nis it on?' }),
    hostReport('b', 'failed', { error: 'did not converge' }),
  );
  expect(text).toContain(
    '<testcase name="host unreachable" classname="check.a" time="0.000"><error type="unreachable" message="no route to 192.0.2.1">no route to 192.0.2.1\nis it on?</error></testcase>',
  );
  expect(text).toContain('<error type="failed" message="did not converge">');
  expect(text).toContain('tests="2" failures="0" errors="2"');
});

test('cases of one name are told apart', () => {
  const twice = taskReport(ref('Packages', 'apt', 7), 'ok');
  const text = ofHosts(hostReport('a', 'ok', { tasks: [twice, twice, twice] }));
  expect([...text.matchAll(/testcase name="([^"]*)"/g)].map(([, name]) => name)).toEqual([
    'apt: Packages',
    'apt: Packages #2',
    'apt: Packages #3',
  ]);
});

test('what XML cannot hold is shown, and what it would change is written so that it stays', () => {
  expect(xmlText('a\u0000\u001b[31m\u0007\ufffe\ud800\t\n\r]]><&"é😀')).toBe(
    'a\\x00\\x1b[31m\\x07\ufffd\ufffd\t\n&#13;]]&gt;&lt;&amp;"é😀',
  );
  expect(xmlElement('a', { b: '"\n\t<\u0001' })).toBe('<a b="&quot;&#10;&#9;&lt;\\x01"/>');
});
