// The main job before your eyes; see demo.ts. This part only sets up, since it runs on a machine that has Node.js and no more.
import { join } from 'node:path';
import { build, ensurePackages, root, run } from './set-up.mjs';

ensurePackages();
build();
run(join(root, 'node_modules', '.bin', 'tsx'), [join(root, 'scripts', 'demo.ts'), ...process.argv.slice(2)]);
