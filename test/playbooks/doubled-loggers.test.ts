import { expect, test } from 'vitest';
import { doubledLoggers } from '../containers/synapse/doubled-loggers.ts';

const line = (ms: number, logger: string, message: string): string =>
  `2026-01-02 03:04:05,${String(ms).padStart(3, '0')} - ${logger} - 1 - INFO - main - ${message}`;

test('two connections made in one millisecond are no line written twice', () => {
  const lines = [
    line(1, 'synapse.redis', 'Connecting'),
    line(1, 'synapse.redis', 'Connecting'),
    line(2, 'synapse.redis', 'Connected'),
    '  a line of a stack trace',
  ];
  expect(doubledLoggers(lines)).toEqual([]);
});

test('a logger that has a handler of its own beside the root’s is found', () => {
  const once = [line(1, 'synapse.app', 'starting'), line(2, 'synapse.app', 'started')];
  const other = line(1, 'twisted', 'hello');
  expect(doubledLoggers([...once, other, ...once])).toEqual(['synapse.app']);
});
