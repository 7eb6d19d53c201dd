import { expect, test } from 'vitest';
import { sh } from '../../src/shell/sh.ts';
import { startHost } from '../hosts/host.ts';
import { caseCount } from '../support/case-count.ts';
import { chance } from '../support/chance.ts';
import { oddText } from '../support/odd-text.ts';

/** A command line of Linux holds 128 kB. */
const atOnce = 150;

test('dash, bash and busybox’s sh read every quoted text as it is', async () => {
  await using host = await startHost({ suite: 'bookworm' });
  await host.run('apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -q -y busybox');
  const next = chance(31);
  const texts = Array.from({ length: caseCount(10_000) }, () => oddText(next));
  for (let at = 0; at < texts.length; at += atOnce) {
    const some = texts.slice(at, at + atOnce);
    const script = some.map((text) => sh`printf '%s\0' ${text}`.sh).join('\n');
    const encoded = Buffer.from(script).toString('base64');
    const printed = await host.run(
      ['dash', 'bash', 'busybox sh']
        .map((shell) => `echo ${encoded} | base64 -d | ${shell} -s | base64 -w 0; echo`)
        .join('\n'),
    );
    const read = printed
      .split('\n')
      .map((line) => Buffer.from(line, 'base64').toString('utf8').split('\0').slice(0, -1));
    expect(read).toEqual([some, some, some]);
  }
});
