import type { RunEvent, TaskRef } from '../../src/model/event.ts';
import type { HostReport, HostStatus, RunReport, TaskReport, TaskStatus } from '../../src/model/report.ts';

export const ref = (name: string, module: string, line: number): TaskRef => ({
  id: `site.yaml:${line}`,
  name,
  module,
  item: null,
  source: `site.yaml:${line}:5`,
  handler: false,
});

export const taskReport = (
  task: TaskRef,
  status: TaskStatus,
  more: Partial<TaskReport> = {},
): TaskReport => ({
  name: task.name,
  module: task.module,
  item: task.item,
  source: task.source,
  status,
  cause: null,
  owed: false,
  because: null,
  message: null,
  changes: [],
  ...more,
});

export const hostReport = (name: string, status: HostStatus, more: Partial<HostReport> = {}): HostReport => ({
  name,
  status,
  proved: status === 'ok' || status === 'changed',
  waves: status === 'changed' ? 1 : 0,
  execs: 2,
  durationMs: 3400,
  error: null,
  tasks: [],
  orphans: [],
  prunable: [],
  ...more,
});

export const runReport = (hosts: readonly HostReport[]): RunReport => ({
  version: 1,
  mode: 'apply',
  startedAt: '2026-01-02T03:04:05.000Z',
  durationMs: 4200,
  hosts,
  summary: {
    ok: hosts.filter(({ status }) => status === 'ok').length,
    changed: hosts.filter(({ status }) => status === 'changed').length,
    drift: 0,
    failed: hosts.filter(({ status }) => status === 'failed').length,
    unreachable: hosts.filter(({ status }) => status === 'unreachable').length,
  },
});

const packages = ref('Packages', 'apt', 7);
const config = ref('Configuration', 'copy', 11);
const start = ref('Redis runs', 'systemd', 17);

const packagesChanged = taskReport(packages, 'changed', {
  changes: [{ summary: 'install redis-server 7.0.15' }],
});
const configChanged = taskReport(config, 'changed', {
  changes: [
    {
      summary: 'write /etc/redis/redis.conf',
      diff: { path: '/etc/redis/redis.conf', before: 'port 0\nbind ::1\n', after: 'port 6379\nbind ::1\n' },
    },
  ],
});
const startFailed = taskReport(start, 'failed', { message: 'start redis: exit status 1\nJob failed' });
const startOk = taskReport(start, 'ok');

const matrix1 = hostReport('matrix1', 'changed', { tasks: [packagesChanged, configChanged, startOk] });
const matrix2 = hostReport('matrix2', 'failed', {
  tasks: [startFailed],
  error: 'site.yaml:17:5: Redis runs: start redis: exit status 1',
});
const matrix3 = hostReport('matrix3', 'ok', { tasks: [startOk] });

/** A run of three hosts, up to the moment when the first installs a package. */
export const firstHalf: readonly RunEvent[] = [
  {
    type: 'run-started',
    mode: 'apply',
    hosts: ['matrix1', 'matrix2', 'matrix3'],
    at: new Date('2026-01-02T03:04:05Z'),
  },
  { type: 'host-started', host: 'matrix1' },
  { type: 'host-started', host: 'matrix2' },
  { type: 'host-connected', host: 'matrix1', durationMs: 120 },
  { type: 'stage-started', host: 'matrix1', stage: 'observe', wave: 0, detail: '12 facts' },
  { type: 'stage-started', host: 'matrix1', stage: 'act', wave: 1, detail: '2 actions' },
  { type: 'action-started', host: 'matrix1', task: packages, summary: 'install redis-server' },
  {
    type: 'action-printed',
    host: 'matrix1',
    task: packages,
    stream: 'stdout',
    text: 'Reading database ...\r\n\u001b[32mSetting up redis-server\u001b[0m (7.0.15) ...\n',
  },
];

/** The rest of it. */
export const secondHalf: readonly RunEvent[] = [
  { type: 'action-finished', host: 'matrix1', task: packages, exitStatus: 0, durationMs: 2100 },
  { type: 'task-finished', host: 'matrix1', task: packages, report: packagesChanged },
  { type: 'task-finished', host: 'matrix1', task: config, report: configChanged },
  { type: 'task-finished', host: 'matrix1', task: start, report: startOk },
  { type: 'warned', host: 'matrix1', message: 'the clock is 5 minutes slow' },
  { type: 'host-finished', host: 'matrix1', report: matrix1 },
  { type: 'task-finished', host: 'matrix2', task: start, report: startFailed },
  { type: 'host-finished', host: 'matrix2', report: matrix2 },
  { type: 'host-started', host: 'matrix3' },
  { type: 'host-finished', host: 'matrix3', report: matrix3 },
  { type: 'run-finished', report: runReport([matrix1, matrix2, matrix3]) },
];
