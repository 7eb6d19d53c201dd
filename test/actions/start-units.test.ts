import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { restartUnits, startUnits } from '../../src/actions/start-units.ts';
import { unknownUnit } from '../../src/facts/units.ts';

const operand = (name: string) => ({ name, fact: { ...unknownUnit(name), loadState: 'loaded' } });

/** A systemctl that knows the units up, down and job (a oneshot that has done its work). */
const systemctl = `systemctl() {
  for last; do :; done
  case $1 in
    start|restart) echo "$*"; [ "$last" != refused.service ] ;;
    is-active) [ "$last" = up.service ] ;;
    show) if [ "$last" = job.service ]; then printf 'Type=oneshot\\nResult=success\\nConditionResult=yes\\n'
          else printf 'Type=simple\\nResult=success\\nConditionResult=no\\n'; fi ;;
    status) echo "the state of $last"; return 3 ;;
  esac
}`;

const run = (text: string) =>
  spawnSync('sh', ['-s'], { input: `${systemctl}\n( set -e\n${text}\n)\nexit $?`, encoding: 'utf8' });

test('units that are up, and oneshots that have done their work, are started', () => {
  expect(run(startUnits(['up', 'job'].map((name) => operand(`${name}.service`))).sh.sh)).toMatchObject({
    status: 0,
    stdout: 'start -- up.service job.service\n',
    stderr: '',
  });
});

test('a unit that is not up fails the action and shows its state, even where systemctl was content', () => {
  expect(run(startUnits([operand('up.service'), operand('down.service')]).sh.sh)).toMatchObject({
    status: 1,
    stderr: 'the state of down.service\n',
  });
});

test('what systemctl refuses is a failure', () => {
  expect(run(restartUnits([operand('refused.service')]).sh.sh).status).toBe(1);
});
