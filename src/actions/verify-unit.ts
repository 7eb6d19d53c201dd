import { isTemplate, unitName } from '../facts/unit-names.ts';
import type { Sh } from '../model/sh.ts';
import { joinSh, rawSh, sh } from '../shell/sh.ts';

/** A unit file or drop-in, as text. */
export interface UnitText {
  /** The unit: `foo.service`, `foo@.service`. */
  readonly unit: string;
  /** Name of the drop-in's file in `UNIT.d`: `override.conf`; undefined for the unit file itself. */
  readonly dropIn: string | undefined;
  readonly text: string;
}

/** Path of the file below a unit directory: `foo.service`, `foo.service.d/override.conf`. */
export const relativePathOf = ({ unit, dropIn }: Pick<UnitText, 'unit' | 'dropIn'>): string =>
  dropIn === undefined ? unit : `${unit}.d/${dropIn}`;

/** A template is verified as one of its instances. */
const verifiable = (unit: string): string => (isTemplate(unit) ? unit.replace('@.', '@syn-deploy.') : unit);

const escapeRegex = (text: string): string => text.replaceAll(/[.\\]/g, '\\$&');

/**
 * A drop-in for a unit that isn't installed yet is verified on top of this; only what is said of the drop-in's own lines
 * counts then.
 */
const stub = (unit: string): string =>
  unitName(unit).endsWith('.service') ? '[Service]\nExecStart=/bin/true\n' : '[Unit]\nDescription=stub\n';

/** Complaints that are no fault of the file: what is installed later, other units' mistakes, spellings that still work. */
const harmless = [
  ': Command .* is not executable: ',
  ': Failed to create .*: Unit .*',
  ': service .* not loaded, socket cannot be started',
  'this is not safe!',
  'deprecated',
  'obsolete',
  'legacy',
  ' is masked\\.$',
].join('|');

const stubAndVerify = ({ unit, dropIn }: UnitText): Sh =>
  dropIn === undefined
    ? rawSh(':')
    : sh`case $said in
  *"Unit "${verifiable(unit)}" not found."*)
    printf %s ${stub(unit)} >"$d/"${unit}
    said=$(verify) || :
    mine="^$d/"${escapeRegex(`${unit}.d/`)} ;;
esac`;

/**
 * Stages the file in a directory `$d` of its own and fails when `systemd-analyze verify` has something to say against it.
 * It is found first there (`SYSTEMD_UNIT_PATH` with a trailing colon), so that it is seen with the drop-ins and units that
 * are on the host.
 *
 * The exit status won't do: it is 0 for a dependency on a name that is no unit's, and 1 for a program that isn't there yet
 * and for another file's mistake, such as a drop-in in `service.d` (seen on 252 and 257). So the lines about this unit decide;
 * `--recursive-errors` is left out because it hides some of them.
 */
export const stageAndVerify = (file: UnitText, isVerified: boolean): Sh => {
  const path = relativePathOf(file);
  const name = verifiable(file.unit);
  const stage = sh`d=$(mktemp -d /run/syn-deploy-unit-XXXXXX)
trap 'rm -rf -- "$d"' EXIT
trap 'exit 1' HUP INT TERM
${file.dropIn === undefined ? rawSh(':') : sh`mkdir -- "$d/"${`${file.unit}.d`}`}
printf %s ${file.text} >"$d/"${path}`;
  if (!isVerified) return stage;
  return joinSh([
    stage,
    sh`verify() { SYSTEMD_UNIT_PATH="$d:" systemd-analyze verify --man=no -- ${name} 2>&1; }
mine="^(Failed to |$d/|"${escapeRegex(name)}": |Unit "${escapeRegex(name)}" )"
said=$(verify) || :
case $said in
*'Failed to setup working directory'*)
  printf '%s\n%s\n' "$said" 'systemd-analyze verify needs a /tmp that it can write to, and nothing was installed; make one, or give verify: false' >&2
  exit 1
  ;;
esac`,
    stubAndVerify(file),
    sh`said=$(printf '%s\n' "$said" | grep -E -e "$mine" | sed -e "s|$d/||g") || :
complaints=$(printf '%s\n' "$said" | grep -E -v -e ${harmless}) || :
if [ -n "$said" ]; then printf '%s\n' "$said" >&2; fi
if [ -n "$complaints" ]; then
  printf 'systemd-analyze verify refuses %s; nothing was installed\n' ${path} >&2
  exit 1
fi`,
  ]);
};
