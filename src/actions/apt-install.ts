import { aptLists } from '../facts/apt-lists.ts';
import { expressionOfGlob } from '../facts/package-globs.ts';
import { type PackageFact, packageFact } from '../facts/packages.ts';
import type { Action } from '../model/action.ts';
import type { FactEffect } from '../model/fact.ts';
import type { Sh } from '../model/sh.ts';
import { joinSh, rawSh, sh } from '../shell/sh.ts';
import { type AptSettings, aptGet, aptPreamble, waitForDpkg } from './apt-get.ts';

/** One package to install. */
export interface PackageWish {
  /** `redis-server`, `libc6:i386`. */
  readonly name: string;
  /** What apt-get is told in place of the name: the path of a .deb file. */
  readonly operand?: string | undefined;
  /** As apt-get takes it after `=`; undefined: what apt chooses. */
  readonly version?: string | undefined;
  /** The version that is there, for the summary; undefined: none. */
  readonly from?: string | undefined;
  /** The version that will be, where it is known. */
  readonly to?: string | undefined;
}

export interface AptInstall {
  readonly packages: readonly PackageWish[];
  /** Patterns; what they stand for is looked up on the host, where the lists are fresh. */
  readonly globs?: readonly string[] | undefined;
  /** Update the package lists before. Without it that is done only when something cannot be had by the present ones. */
  readonly updateFirst: boolean;
  /** `install`, with options in the settings, or `build-dep`. */
  readonly command?: 'install' | 'build-dep' | undefined;
  readonly settings: AptSettings;
}

const wordOf = ({ name, version, operand }: PackageWish): string =>
  operand ?? (version === undefined ? name : `${name}=${version}`);

const summaryOf = (wish: PackageWish): string => {
  const version = wish.version ?? wish.to;
  const goal = version === undefined ? wish.name : `${wish.name} ${version}`;
  return wish.from === undefined || wish.from === ''
    ? `install ${goal}`
    : `install ${goal} (was ${wish.from})`;
};

/** What a package is once it is installed. */
export const installedPackage = (version = ''): PackageFact => ({
  status: 'installed',
  version: /[*?[]/.test(version) ? '' : version,
  architecture: '',
  held: false,
  provider: undefined,
});

const lookUpGlobs = (globs: readonly string[]): Sh => {
  const patterns = globs.map((glob) => sh`-e ${expressionOfGlob(glob)}`);
  return sh`matching() { apt-cache pkgnames | grep -E -x ${patterns} || true; }
found=$(matching)
if [ -z "$found" ]; then update_lists; found=$(matching); fi
if [ -z "$found" ]; then echo ${`no package matches ${globs.join(' ')}`} >&2; exit 1; fi
set -- "$@" $found`;
};

/**
 * A first download tells whether the present lists will do: on a fresh host they are empty, on a neglected one they
 * name archives that are gone. Nothing is changed before that is known.
 */
const fetch = (apt: Sh, command: string): Sh => sh`${waitForDpkg}
if ! ${apt} --download-only ${command} "$@"; then
  echo 'the package lists of this host will not do: updating them'
  update_lists
fi`;

/** Installs packages in one `apt-get`. Their scripts may do anything, so nothing else is certain after it. */
export const aptInstall = (install: AptInstall): Action => {
  const { packages, globs = [], updateFirst, command = 'install', settings } = install;
  const names = [...packages.map(wordOf), ...globs];
  const verb = command === 'build-dep' ? 'install what is needed to build' : 'install';
  const apt = aptGet(settings);
  return {
    kind: 'apt-install',
    summary: `${verb} ${names.join(', ')}`,
    changes:
      command === 'build-dep'
        ? names.map((name) => ({ summary: `${verb} ${name}` }))
        : [
            ...packages.map((wish) => ({ summary: summaryOf(wish) })),
            ...globs.map((glob) => ({ summary: `install ${glob}` })),
          ],
    sh: joinSh([
      aptPreamble(settings),
      sh`set -- ${packages.map(wordOf)}`,
      ...(updateFirst ? [rawSh('update_lists')] : []),
      ...(globs.length > 0 ? [lookUpGlobs(globs)] : []),
      ...(updateFirst ? [] : [fetch(apt, command)]),
      waitForDpkg,
      sh`${apt} ${command} "$@"`,
    ]),
    taints: ['everything'],
    predicts:
      command === 'build-dep'
        ? []
        : [
            ...packages.map(
              ({ name, version, to }): FactEffect<PackageFact> => ({
                key: packageFact(name),
                value: installedPackage(to ?? version),
              }),
            ),
            ...(updateFirst ? [{ key: aptLists, value: { ageSeconds: 0, sourcesNewer: false } }] : []),
          ],
  };
};
