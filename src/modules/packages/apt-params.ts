import { z } from 'zod';
import { type AptSettings, usualAptSettings } from '../../actions/apt-get.ts';
import type { AptWork } from '../../facts/apt-simulations.ts';
import { boolean } from '../params/boolean.ts';
import { integer } from '../params/integer.ts';
import { path } from '../params/path.ts';
import { text } from '../params/text.ts';
import { textList } from '../params/text-list.ts';

/** `name`, `name:arch`, `name=version`, `name>=version`; `*`, `?` and `[…]` in names and versions. */
const spec = /^([a-z0-9*?[][a-z0-9*?[\]!.+:-]*?)(?:\s*(>=|=)\s*([A-Za-z0-9.+:~*?[\]!-]+))?$/;

const names = () =>
  textList().refine((list) => list.every((name) => spec.test(name) && !/-$/.test(name)), {
    error: 'expected names of packages: redis-server, redis-server=5:7.0.15-1, "nginx*"',
  });

/** Parameters of `apt`. */
export const aptParams = z.strictObject({
  name: names()
    .optional()
    .describe(
      'Packages: `redis-server`, `libc6:i386`, `nginx=1.22*`, `nginx>=1.22`, `"php8.*"`. A virtual package counts as installed when another that provides it is. `"*"` with `state: latest` upgrades all.',
    ),
  state: z
    .enum(['present', 'absent', 'latest', 'build-dep', 'fixed'])
    .default('present')
    .describe(
      '`latest` upgrades to what the package lists offer, except held packages; `build-dep` installs what is needed to build; `fixed` repairs broken dependencies.',
    ),
  update_cache: boolean()
    .optional()
    .describe(
      "Update the package lists. With packages to be `present` that is done together with an installation only: with nothing to install it would change nothing that was asked for. With `latest` and `upgrade`, when the lists are older than `cache_valid_time` (or an hour), or than a file in /etc/apt/sources.list.d. Alone: the same, but without `cache_valid_time` on every run, which can't be proved and is no drift; it has changed something where it brought other lists. Without `update_cache` the lists are updated only when a package can't be had by the present ones.",
    ),
  cache_valid_time: integer()
    .default(0)
    .describe('Seconds for which package lists are new enough. Implies `update_cache`.'),
  purge: boolean()
    .default(false)
    .describe('With `absent`: configuration files too, also of packages removed earlier.'),
  autoremove: boolean().default(false).describe('Remove packages that nothing depends on any more.'),
  autoclean: boolean()
    .default(false)
    .describe('Delete downloaded archives that cannot be downloaded any more.'),
  clean: boolean().default(false).describe('Delete all downloaded archives.'),
  install_recommends: boolean()
    .optional()
    .describe('Recommended packages too. Default: as apt is configured.'),
  default_release: text().optional().describe('Release to prefer: `bookworm-backports`.'),
  upgrade: z
    .union([z.enum(['no', 'yes', 'safe', 'full', 'dist']), z.boolean()], {
      error: 'expected no, yes, safe, full or dist',
    })
    .default('no')
    .describe('Upgrade all packages. `yes` and `safe` remove none; `full` and `dist` may.'),
  dpkg_options: text()
    .default(usualAptSettings.dpkgOptions.join(','))
    .describe('Options of dpkg without dashes, with commas between.'),
  deb: z
    .union([path(), z.string().regex(/^(?:https?|ftp|file):\/\/\S+$/i, { abort: true })], {
      error: 'expected an absolute path on the host (it starts with /), or an address (https://…)',
    })
    .optional()
    .describe(
      'A .deb file to install, with what it depends on: a path on the host, or an address, from which the host fetches it at every look.',
    ),
  allow_downgrade: boolean().default(false).describe('An older version may replace a newer one.'),
  allow_unauthenticated: boolean().default(false).describe('Install what is not signed.'),
  allow_change_held_packages: boolean().default(false).describe('Change packages on hold.'),
  only_upgrade: boolean().default(false).describe('Leave alone what is not installed.'),
  fail_on_autoremove: boolean().default(false).describe('Fail where packages would have to be removed.'),
  force: boolean()
    .default(false)
    .describe('Downgrades, unsigned packages, held ones, removal of essential ones: all allowed.'),
  policy_rc_d: integer()
    .optional()
    .describe(
      'Exit status of a policy-rc.d that stands during the installation; 101: packages start no services.',
    ),
  lock_timeout: integer()
    .default(usualAptSettings.lockTimeoutSeconds)
    .describe('Seconds to wait for another apt or dpkg.'),
  update_cache_retries: integer()
    .default(usualAptSettings.retries)
    .describe('How often a download is tried again.'),
  update_cache_retry_max_delay: integer().optional().describe("Accepted for Ansible's sake; apt decides."),
  force_apt_get: boolean().optional().describe("Accepted for Ansible's sake: apt-get is always used."),
  auto_install_module_deps: boolean()
    .optional()
    .describe("Accepted for Ansible's sake: nothing is needed on the host."),
});

/** Values of them. */
export type AptParams = z.infer<typeof aptParams>;

/** One package of `name`, taken apart. */
export interface Spec {
  readonly name: string;
  readonly relation: '=' | '>=' | undefined;
  readonly version: string;
}

const parseSpec = (written: string): Spec => {
  const [, name = '', relation, version = ''] = spec.exec(written) ?? [];
  return { name, relation: relation as Spec['relation'], version };
};

/** Whether a name is a pattern. */
export const isGlob = (name: string): boolean => /[*?[]/.test(name);

/** The packages of `name`. */
export const specsOf = (p: AptParams): readonly Spec[] => (p.name ?? []).map(parseSpec);

/** `name: "*"` with `latest` means an upgrade of everything. */
export const upgradesAll = (p: AptParams): boolean => p.state === 'latest' && (p.name ?? []).includes('*');

/** The upgrade that is asked for, if any. */
export const upgradeOf = (
  p: AptParams,
): { readonly work: AptWork; readonly options: readonly string[] } | undefined => {
  if (p.upgrade === 'full' || p.upgrade === 'dist') return { work: 'dist-upgrade', options: [] };
  if (p.upgrade === 'no' || p.upgrade === false)
    return upgradesAll(p) ? { work: 'upgrade', options: ['--with-new-pkgs'] } : undefined;
  return { work: 'upgrade', options: ['--with-new-pkgs'] };
};

/** How apt-get is to be run. */
export const settingsOf = (p: AptParams): AptSettings => {
  const recommends = { true: ['--install-recommends'], false: ['--no-install-recommends'], undefined: [] };
  const flags: readonly (readonly [boolean, string])[] = [
    [p.autoremove && p.name !== undefined, '--auto-remove'],
    [p.only_upgrade, '--only-upgrade'],
    [p.allow_downgrade || p.force, '--allow-downgrades'],
    [p.allow_unauthenticated || p.force, '--allow-unauthenticated'],
    [p.allow_change_held_packages || p.force, '--allow-change-held-packages'],
    [p.force, '--allow-remove-essential'],
    [p.fail_on_autoremove, '--no-remove'],
    [p.state === 'fixed', '--fix-broken'],
  ];
  return {
    lockTimeoutSeconds: p.lock_timeout,
    dpkgOptions: p.dpkg_options
      .split(',')
      .map((option) => option.trim())
      .filter((option) => option !== ''),
    options: [
      ...recommends[`${p.install_recommends}`],
      ...(p.default_release === undefined ? [] : ['-t', p.default_release]),
      ...flags.flatMap(([isSet, flag]) => (isSet ? [flag] : [])),
    ],
    policyRcD: p.policy_rc_d,
    retries: p.update_cache_retries,
  };
};
