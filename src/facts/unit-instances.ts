import type { FactKey, FactKind, Observed } from '../model/fact.ts';
import { FactFailure, StrangeOutput } from '../model/fact.ts';
import type { Sh } from '../model/sh.ts';
import { joinSh, rawSh, sh } from '../shell/sh.ts';
import { folderListing, parseFolders } from './unit-install.ts';
import { instanceOf, unitName } from './unit-names.ts';

/** The instances of a template that are enabled, running, failed or otherwise in systemd's memory. */
export interface UnitInstancesFact {
  readonly instances: readonly {
    /** `foo@x.service` */
    readonly name: string;
    /** `active`, `failed`, `inactive`, …; `inactive` where systemd has not loaded it. */
    readonly activeState: string;
    /** Links below /etc/systemd/system enable it. */
    readonly isLinked: boolean;
  }[];
}

/** The fact "which instances of this template are there": `foo@.service`. */
export const unitInstances = (template: string): FactKey<UnitInstancesFact> => ({
  kind: 'unit-instances',
  id: unitName(template),
});

const pattern = (template: string): string => template.replace('@.', '@*.');

/**
 * Output: `@failed` without systemd; else `@units` and `systemctl list-units` (`name load active sub description`, the
 * name first, since --plain leaves the mark of failed units out), `@folders` and the links.
 */
const script = (keys: readonly FactKey<UnitInstancesFact>[]): Sh =>
  joinSh([
    sh`if [ -d /run/systemd/system ]; then printf '@units\n'
systemctl list-units --all --plain --no-legend --no-pager --full -- ${keys.map(({ id }) => pattern(id))}
printf '@folders\n'`,
    folderListing,
    rawSh('else echo @failed; fi'),
  ]);

const parse = (
  output: string,
  keys: readonly FactKey<UnitInstancesFact>[],
): ReadonlyMap<string, Observed<UnitInstancesFact>> => {
  if (output.trim() === '@failed')
    return new Map(keys.map(({ id }) => [id, new FactFailure('systemd is not running here')]));
  const [listed = '', folders] = output.replace(/^@units\n/, '').split(/^@folders\n/m);
  if (folders === undefined)
    throw new StrangeOutput(`unexpected list of unit instances: ${JSON.stringify(output.slice(0, 200))}`);
  const loaded = new Map<string, string>();
  for (const line of listed.split('\n').filter((text) => text.trim() !== '')) {
    const [, name, active] = /^(\S+) +\S+ +(\S+) +\S+/.exec(line) ?? [];
    if (name === undefined || active === undefined)
      throw new StrangeOutput(
        `unexpected line among the unit instances: ${JSON.stringify(line.slice(0, 200))}`,
      );
    loaded.set(name, active);
  }
  const links = parseFolders(folders.split('\n').filter((line) => line !== '')).links.map(
    (link) => link.split('/').at(-1) ?? '',
  );
  const all = [...new Set([...loaded.keys(), ...links])].sort();
  return new Map(
    keys.map(({ id }): [string, UnitInstancesFact] => [
      id,
      {
        instances: all
          .filter((name) => instanceOf(name)?.template === id)
          .map((name) => ({
            name,
            activeState: loaded.get(name) ?? 'inactive',
            isLinked: links.includes(name),
          })),
      },
    ]),
  );
};

/** One `systemctl list-units` and one `find` for all templates. */
export const unitInstanceSets: FactKind<UnitInstancesFact> = { kind: 'unit-instances', script, parse };
