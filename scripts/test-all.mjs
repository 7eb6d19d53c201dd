// All tests: sets itself up, checks types, lint and known weaknesses of packages, then runs the unit tests and the tests on real hosts. The last line is
// the count.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build, ensurePackages, root, run } from './set-up.mjs';

ensurePackages();
build();
run('npm', ['run', '--silent', 'types']);
run('npm', ['run', '--silent', 'lint']);
run(process.execPath, [join(root, 'scripts', 'audit.mjs')]);

const folder = join(root, '.cache');
const report = join(folder, 'tests.json');
mkdirSync(folder, { recursive: true });
rmSync(report, { force: true });
const vitest = join(root, 'node_modules', '.bin', 'vitest');
const { status } = spawnSync(
  vitest,
  ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...process.argv.slice(2)],
  {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    // Of made-up cases as many as are promised; test/support/case-count.ts.
    env: { SYN_DEPLOY_TEST_CASES: '10000', ...process.env },
  },
);
const { numPassedTests = 0, numFailedTests = 0, success = false } = JSON.parse(readFileSync(report, 'utf8'));
// A file that does not load fails without a test of its own: it counts as one.
const failed = numFailedTests === 0 && (status !== 0 || !success) ? 1 : numFailedTests;
console.log(`${numPassedTests} passed, ${failed} failed`);
process.exitCode = status === 0 && failed === 0 ? 0 : 1;
