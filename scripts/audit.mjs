// Asks the registry about known weaknesses of the packages in package-lock.json. One in what is bundled is an error; one in what only builds
// and tests is told. A registry that does not answer is told as well, and is no error: many mirrors know no advisories.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './set-up.mjs';
import { namesIn } from './third-party.mjs';

const { stdout } = spawnSync('npm', ['audit', '--json'], { cwd: root, encoding: 'utf8' });
let report = {};
try {
  report = JSON.parse(stdout);
} catch {}

if (report.vulnerabilities === undefined) {
  const why = report.message ?? report.error?.summary ?? 'no answer';
  console.error(`npm audit: NOT CHECKED, the registry does not say what is known of packages (${why})`);
} else {
  const bundled = new Set(namesIn(readFileSync(join(root, 'dist', 'LICENSES.txt'), 'utf8')));
  const found = Object.values(report.vulnerabilities);
  for (const { name, severity } of found)
    console.error(
      `npm audit: ${name}: ${severity}${bundled.has(name) ? ', and it is in dist/' : ', not in dist/'}`,
    );
  const shipped = found.filter(({ name }) => bundled.has(name));
  console.error(
    `npm audit: ${found.length} packages with known weaknesses, ${shipped.length} of them in dist/`,
  );
  process.exitCode = shipped.length > 0 ? 1 : 0;
}
