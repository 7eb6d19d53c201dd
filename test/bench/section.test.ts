import { expect, test } from 'vitest';
import { renderPeers } from '../../bench/parts/peers/section.ts';
import { renderStart } from '../../bench/parts/start.ts';
import { groupOf, startResult, taken } from './invented.ts';

const tablesOf = (text: string): readonly string[] =>
  text.split('\n').filter((line) => /^\||^###|^Taken/.test(line));

test('tells ours as times the floor and the peers as times ours', () => {
  const converged = groupOf('converged', 1, 0, {
    ansible: [30],
    'syn-deploy': [0.5, 0.4, 0.6],
    floor: [0.25],
  });
  const changed = groupOf('changed', 4, 50, { 'syn-deploy': [1.2], pyinfra: [12] });
  expect(tablesOf(renderPeers({ groups: [changed, converged] }))).toEqual([
    '### Converged apply',
    '| hosts | round trip | tool | wall s | s a host | min–max (runs) | CPU s | MB | ratio |',
    '| --- | --- | --- | --- | --- | --- | --- | --- | --- |',
    '| 1 host | no delay | floor: ssh and one probe script | 0.25 |  | 0.25–0.25 (1) | 0.13 | 80 |  |',
    '|  |  | **syn-deploy** | 0.50 |  | 0.40–0.60 (3) | 0.25 | 80 | 2.00 × the floor |',
    '|  |  | Ansible | 30.0 |  | 30.0–30.0 (1) | 15.0 | 80 | 60.0 × ours |',
    'Taken 2025-01-02 03:04 UTC.',
    '### One changed worker',
    '| hosts | round trip | tool | wall s | s a host | min–max (runs) | CPU s | MB | ratio |',
    '| --- | --- | --- | --- | --- | --- | --- | --- | --- |',
    '| 4 hosts | 50 ms | **syn-deploy** | 1.20 | 0.30 | 1.20–1.20 (1) | 0.60 | 80 |  |',
    '|  |  | pyinfra | 12.0 | 3.00 | 12.0–12.0 (1) | 6.00 | 80 | 10.0 × ours |',
    'Taken 2025-01-02 03:04 UTC.',
  ]);
});

test('names machine and versions once, unless groups differ in them', () => {
  const first = groupOf('converged', 1, 0, { 'syn-deploy': [1] });
  const check = groupOf('check', 1, 0, { 'syn-deploy': [1] });
  const setup = '2 cores (Invented), 8 GiB; Node.js 20.0.0, syn-deploy 0.1.0.';
  expect(renderPeers({ groups: [first, check] }).split(setup)).toHaveLength(2);
  const fewer = { ...check, taken: { ...taken, versions: ['Node.js 20.0.0'] } };
  expect(renderPeers({ groups: [fewer, first] })).toContain(`\n\n${setup}\n\n`);
  const other = { ...check, taken: { ...taken, at: '2025-01-03 00:00', versions: ['Node.js 22.0.0'] } };
  const text = renderPeers({ groups: [first, other] });
  expect(text).toContain(`- ${setup} Converged apply, 1 host, no delay.`);
  expect(text).toContain('- 2 cores (Invented), 8 GiB; Node.js 22.0.0. Check with diff, 1 host, no delay.');
});

test('the start is told beside that of Node.js, in thousandths of a second', () => {
  expect(renderStart(startResult)).toContain('| `node -e 0` | 0.040 | 0.020 | 80 | 3 |');
});
