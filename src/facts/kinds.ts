import type { FactKind } from '../model/fact.ts';
import { accounts } from './accounts.ts';
import { alternativeGroups } from './alternatives.ts';
import { aptCandidates } from './apt-candidates.ts';
import { aptFolders } from './apt-folders.ts';
import { aptListsKind } from './apt-lists.ts';
import { aptNames } from './apt-names.ts';
import { aptSimulations } from './apt-simulations.ts';
import { checksums } from './checksums.ts';
import { contents } from './contents.ts';
import { crontabs } from './crontabs.ts';
import { debFiles } from './deb-files.ts';
import { debconfAnswers } from './debconf-answers.ts';
import { dpkgSelections } from './dpkg-selections.ts';
import { fileExtrasKind } from './file-extras.ts';
import { files } from './files.ts';
import { firewallChains, firewallRules } from './firewall-rules.ts';
import { gitSettings } from './git-settings.ts';
import { groups } from './groups.ts';
import { homeFolders } from './home-folders.ts';
import { kernelModules } from './kernel-modules.ts';
import { kernelSettings } from './kernel-settings.ts';
import { locales } from './locales.ts';
import { memories } from './memory.ts';
import { mounts } from './mounts.ts';
import { mysqlServers } from './mysql.ts';
import { packageGlobs } from './package-globs.ts';
import { packages } from './packages.ts';
import { pieceFolders } from './pieces.ts';
import { pipEnvironments } from './pip-packages.ts';
import { postgresServers } from './postgres.ts';
import { probes } from './probes.ts';
import { programs } from './programs.ts';
import { sockets } from './sockets.ts';
import { systems } from './system.ts';
import { systemdManagers } from './systemd-manager.ts';
import { trees } from './trees.ts';
import { ufws } from './ufw.ts';
import { unitInstanceSets } from './unit-instances.ts';
import { units } from './units.ts';

/** Every kind of fact; sorted by name, a line each. */
const all: readonly FactKind[] = [
  //
  accounts,
  alternativeGroups,
  aptCandidates,
  aptFolders,
  aptListsKind,
  aptNames,
  aptSimulations,
  checksums,
  contents,
  crontabs,
  debFiles,
  debconfAnswers,
  dpkgSelections,
  fileExtrasKind,
  files,
  firewallChains,
  firewallRules,
  gitSettings,
  groups,
  homeFolders,
  kernelModules,
  kernelSettings,
  locales,
  memories,
  mounts,
  packageGlobs,
  packages,
  pieceFolders,
  pipEnvironments,
  mysqlServers,
  postgresServers,
  probes,
  programs,
  sockets,
  systemdManagers,
  systems,
  trees,
  ufws,
  unitInstanceSets,
  units,
];

/** Fact kinds by name. */
export const factKinds: ReadonlyMap<string, FactKind> = new Map(all.map((kind) => [kind.kind, kind]));
