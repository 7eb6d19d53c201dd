// Figures against the peers; see bench/bench.ts. This part only sets up.
import { join } from 'node:path';
import { build, ensurePackages, root, run } from './set-up.mjs';

ensurePackages();
build();
run(join(root, 'node_modules', '.bin', 'tsx'), [join(root, 'bench', 'bench.ts'), ...process.argv.slice(2)]);
