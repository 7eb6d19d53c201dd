import type { FactKey, Identity } from '../model/fact.ts';
import { sh } from '../shell/sh.ts';
import { type ProbeFact, probe } from './probes.ts';

/**
 * The fact "which services systemd knows": lines of `systemctl list-units` after `@units`, of `list-unit-files` after `@files`. Then, after
 * `@states`, `Id=` and `ActiveState=` of those that only have a file, with an empty line between.
 */
export const serviceInventory = (identity: Identity): FactKey<ProbeFact> =>
  probe(
    `services ${identity.user ?? ''}`,
    sh`echo @units
units=$(systemctl list-units --no-pager --no-legend --type service --all --plain)
printf '%s\n' "$units" @files
files=$(systemctl list-unit-files --no-pager --no-legend --type service --all)
printf '%s\n' "$files" @states
{ printf '%s\n' "$units" | awk '{ print "- " $1 }'; printf '%s\n' "$files" | awk '{ print "+ " $1 }'; } |
  awk '$1 == "-" { known[$2] = 1; next } $2 != "" && !($2 in known) && $2 !~ /@\.service$/ { print $2 }' |
  xargs -r systemctl show --property=Id,ActiveState --`,
    identity,
  );

/** The fact "which packages are installed": `<package>\t<version>\t<architecture>\t<section>` a line, the native architecture first. */
export const packageInventory = (identity: Identity): FactKey<ProbeFact> =>
  probe(
    `packages ${identity.user ?? ''}`,
    sh`dpkg --print-architecture
dpkg-query -W -f '\${db:Status-Abbrev}\t\${Package}\t\${Version}\t\${Architecture}\t\${Section}\n' | sed -n 's/^.i.\t//p'`,
    identity,
  );
