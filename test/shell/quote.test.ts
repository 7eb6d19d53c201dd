import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { quote, sh } from '../../src/shell/sh.ts';
import { caseCount } from '../support/case-count.ts';
import { chance } from '../support/chance.ts';
import { oddText } from '../support/odd-text.ts';

// busybox's is asked in test/containers/shells.test.ts.
test.each(['sh', 'bash'])('%s reads every quoted text as it is', (shell) => {
  const next = chance(7);
  const texts = Array.from({ length: caseCount(10_000) }, () => oddText(next));
  const script = texts.map((text) => sh`printf '%s\0' ${text}`.sh).join('\n');
  const printed = execFileSync(shell, ['-s'], { input: script, maxBuffer: 2 ** 28 }).toString('utf8');
  expect(printed.split('\0').slice(0, -1)).toEqual(texts);
});

test('what no argument can carry is refused', () => {
  expect(() => quote('a\0b')).toThrow('a NUL byte cannot be passed to sh');
});
