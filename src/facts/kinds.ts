import type { FactKind } from '../model/fact.ts';
import { accounts } from './accounts.ts';
import { aptCandidates } from './apt-candidates.ts';
import { aptFolders } from './apt-folders.ts';
import { aptListsKind } from './apt-lists.ts';
import { aptSimulations } from './apt-simulations.ts';
import { checksums } from './checksums.ts';
import { contents } from './contents.ts';
import { debFiles } from './deb-files.ts';
import { debconfAnswers } from './debconf-answers.ts';
import { files } from './files.ts';
import { groups } from './groups.ts';
import { memories } from './memory.ts';
import { packageGlobs } from './package-globs.ts';
import { packages } from './packages.ts';
import { pipEnvironments } from './pip-packages.ts';
import { postgresServers } from './postgres.ts';
import { probes } from './probes.ts';
import { sockets } from './sockets.ts';
import { systems } from './system.ts';
import { systemdManagers } from './systemd-manager.ts';
import { trees } from './trees.ts';
import { unitInstanceSets } from './unit-instances.ts';
import { units } from './units.ts';

/** Every kind of fact; sorted by name, a line each. */
const all: readonly FactKind[] = [
  //
  accounts,
  aptCandidates,
  aptFolders,
  aptListsKind,
  aptSimulations,
  checksums,
  contents,
  debFiles,
  debconfAnswers,
  files,
  groups,
  memories,
  packageGlobs,
  packages,
  pipEnvironments,
  postgresServers,
  probes,
  sockets,
  systemdManagers,
  systems,
  trees,
  unitInstanceSets,
  units,
];

/** Fact kinds by name. */
export const factKinds: ReadonlyMap<string, FactKind> = new Map(all.map((kind) => [kind.kind, kind]));
