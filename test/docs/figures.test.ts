import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { wallOf } from '../../bench/parts/peers/section.ts';
import type { PeersResult, ToolName } from '../../bench/support/results.ts';

const readme = readFileSync('README.md', 'utf8');
const { groups } = JSON.parse(readFileSync('bench/results/peers.json', 'utf8')) as PeersResult;
const converged = (rttMs: number) =>
  groups.find((group) => group.case === 'converged' && group.hosts === 1 && group.rttMs === rttMs);

/** What a row of the README's table begins with. */
const rows: Readonly<Record<ToolName, string>> = {
  floor: 'one ssh and a script that reads the same: no audit can be faster',
  'syn-deploy': '**syn-deploy apply**',
  bundlewrap: 'bundlewrap 5.2',
  mitogen: 'Ansible 2.19 with mitogen',
  pyinfra: 'pyinfra 3.10',
  pipelining: 'Ansible 2.19 with pipelining',
  ansible: 'Ansible 2.19',
};

const shown = (value: number): string =>
  value < 1 ? value.toFixed(2) : value < 10 ? value.toFixed(1) : value.toFixed(0);

test.each(Object.entries(rows))("the README's figures of %s are those that were measured", (tool, row) => {
  const wall = wallOf(converged(0), tool as ToolName) ?? Number.NaN;
  const ours = wallOf(converged(0), 'syn-deploy') ?? Number.NaN;
  const ratio = tool === 'syn-deploy' ? '' : `${shown(wall / ours)} ×`;
  const seconds = tool === 'syn-deploy' ? `**${shown(wall)}**` : shown(wall);
  expect(readme).toContain(`| ${row} | ${seconds} | ${ratio} |`.replace('  |', ' |'));
});

test('so are those of a slow line', () => {
  const [ours, floor] = (['syn-deploy', 'floor'] as const).map(
    (tool) => wallOf(converged(200), tool) ?? Number.NaN,
  );
  expect(readme.replaceAll('\n', ' ')).toContain(
    `At a round trip of 200 ms the same run takes ${ours?.toFixed(1)} s, where a bare ssh takes ${floor?.toFixed(1)}.`,
  );
});
