import { createHash } from 'node:crypto';
import type { HostReport, RunReport, Since, TaskReport } from '../../src/model/report.ts';
import { createHtmlReporter } from '../../src/report/html.ts';
import { hostReport, ref, runReport, taskReport } from './recorded-run.ts';

const ageOf = (day: number, checks: number): Since => ({
  at: `2026-11-${String(day).padStart(2, '0')}T14:03:11.000Z`,
  checks,
});

const names = [
  ['apt', 'Synapse and what it needs'],
  ['template', 'Configuration of main'],
  ['template', 'Configuration of the workers'],
  ['systemd_instances', 'The workers of this host'],
  ['copy', 'The site of nginx'],
  ['systemd', 'nginx runs with this configuration'],
  ['user', 'The account for backups'],
  ['lineinfile', 'Only keys log in'],
  ['wait_for', 'Clients get an answer'],
] as const;

const task = (index: number, status: TaskReport['status'], more: Partial<TaskReport> = {}): TaskReport => {
  const [module, name] = names[index] ?? ['debug', 'nothing'];
  const source = `playbooks/synapse-workers.yaml:${12 + index * 6}:7`;
  return taskReport({ ...ref(name, module, 1), source }, status, more);
};

const ok = (): readonly TaskReport[] => names.map((_, index) => task(index, index === 6 ? 'skipped' : 'ok'));

const withTasks = (...others: readonly (readonly [number, TaskReport])[]): readonly TaskReport[] =>
  others.reduce((tasks, [index, report]) => tasks.with(index, report), [...ok()]);

const uploads = (checks: number) =>
  task(4, 'drift', {
    cause: 'host',
    since: ageOf(20, checks),
    changes: [
      {
        summary: 'write /etc/nginx/conf.d/matrix.conf',
        diff: {
          path: '/etc/nginx/conf.d/matrix.conf',
          before: 'server {\n  listen 443 ssl;\n  client_max_body_size 1M;\n}\n',
          after: 'server {\n  listen 443 ssl;\n  client_max_body_size 100M;\n}\n',
        },
      },
      { summary: 'mode 0666 -> 0644' },
    ],
  });

const stopped = task(5, 'drift', {
  cause: 'both',
  since: ageOf(26, 1),
  changes: [{ summary: 'start nginx.service' }],
});

const asserted = task(7, 'failed', {
  since: ageOf(24, 3),
  message: 'PasswordAuthentication is yes in /etc/ssh/sshd_config.d/60-local.conf',
});

/** An audit as they are: two hosts as wanted, drift on others, one that failed and one that is away. */
export const sampleAudit = (hosts: readonly HostReport[] = []): RunReport => {
  const all = [
    hostReport('matrix1.example.org', 'drift', {
      proved: false,
      tasks: withTasks([4, uploads(7)], [5, stopped]),
    }),
    hostReport('matrix2.example.org', 'drift', {
      proved: false,
      tasks: withTasks([4, uploads(5)]),
      orphans: ['file:/etc/nginx/conf.d/old.conf'],
      prunable: ['file:/etc/nginx/conf.d/old.conf'],
    }),
    hostReport('matrix3.example.org', 'failed', {
      tasks: withTasks([7, asserted], [8, task(8, 'not-attempted')]),
      error:
        'playbooks/synapse-workers.yaml:54:7: Only keys log in: PasswordAuthentication is yes in /etc/ssh/sshd_config.d/60-local.conf',
    }),
    hostReport('matrix4.example.org', 'ok', { proved: false, tasks: ok() }),
    hostReport('matrix5.example.org', 'ok', { proved: false, tasks: ok() }),
    hostReport('workers1.example.org', 'unreachable', {
      execs: 0,
      error:
        'connecting to 192.0.2.17 port 22: timed out after 10 s\nis the host up, and is its sshd on this port?',
    }),
    ...hosts,
  ];
  const count = (status: HostReport['status']): number => all.filter((host) => host.status === status).length;
  return {
    ...runReport(all),
    mode: 'check',
    startedAt: '2026-11-26T14:03:05.000Z',
    summary: {
      ok: count('ok'),
      changed: 0,
      drift: count('drift'),
      failed: count('failed'),
      unreachable: count('unreachable'),
    },
  };
};

/** Many hosts with many tasks, one in fifty of which drifts in its own way; or all of them. */
export const manyHosts = (hosts: number, tasks: number, all = false): RunReport => {
  const report = (host: number, index: number): TaskReport => {
    const own = ref(`Task ${index}`, 'copy', index);
    if (!all && (host * 7 + index * 13) % 50 !== 0) return taskReport(own, 'ok');
    const path = `/etc/app/${index}.conf`;
    const diff = { path, before: `port 1\nname web${host}\n`, after: `port 2\nname web${host}\n` };
    return taskReport(own, 'drift', { cause: 'host', changes: [{ summary: `write ${path}`, diff }] });
  };
  return sampleAudit(
    Array.from({ length: hosts }, (_, host) =>
      hostReport(`web${host}`, 'drift', {
        proved: false,
        tasks: Array.from({ length: tasks }, (_unused, index) => report(host, index)),
      }),
    ),
  );
};

/** The page of a report. */
export const pageOf = (report: RunReport, subject = 'inventory.yaml'): string => {
  const pieces: string[] = [];
  const hash = (text: string): string => createHash('sha256').update(text).digest('base64');
  const reporter = createHtmlReporter(
    { write: (text) => pieces.push(text) },
    { subject, diff: 'whole', hash },
  );
  reporter.emit({
    type: 'warned',
    host: 'matrix2.example.org',
    message: 'its clock is 5 minutes slow',
  });
  reporter.emit({ type: 'run-finished', report });
  return pieces.join('');
};

/** Texts that would be something else than text, were they not escaped. */
export const hostileTexts = [
  '</script><script>window.pwned = 1</script>',
  '<img src=x onerror="window.pwned = 1">',
  '"><svg onload=window.pwned=1>',
  "' onfocus='window.pwned = 1' autofocus='",
  'javascript:window.pwned=1',
  '</style></title><!--',
  '&lt;b&gt; &amp; \u0000\u001b[31m\u202egnp.exe',
];

/** A host of which nothing but the name of its host is harmless. */
export const hostileHost = (): HostReport =>
  hostReport('hostile', 'failed', {
    error: hostileTexts.join('\n'),
    orphans: hostileTexts,
    prunable: hostileTexts,
    tasks: hostileTexts.map((text, index) =>
      taskReport({ ...ref(text, text, index), source: `${text}:1:1`, item: text }, 'drift', {
        message: text,
        because: text,
        changes: [{ summary: text, diff: { path: text, before: `${text}\n`, after: `${text}!\n` } }],
      }),
    ),
  });
