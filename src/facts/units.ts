import type { FactKey, FactKind, Observed } from '../model/fact.ts';
import { FactFailure, StrangeOutput } from '../model/fact.ts';
import type { Sh } from '../model/sh.ts';
import { joinSh, rawSh, sh } from '../shell/sh.ts';
import {
  folderListing,
  linksOf,
  parseFolders,
  type UnitFolders,
  unseenDropIns,
  wantedLinksOf,
} from './unit-install.ts';
import { isTemplate, unitName } from './unit-names.ts';
import { parseShown, parseTimestamp, type Shown, shownProperties } from './unit-show.ts';

/** A unit, as systemd knows it. A unit that isn't there is none the less a value: its `loadState` is `not-found`. */
export interface UnitFact {
  /** The name systemd goes by; another than the asked one where that is an alias. */
  readonly id: string;
  /** `loaded`, `not-found`, `masked`, `bad-setting`, `error`. */
  readonly loadState: string;
  /** `active`, `reloading`, `inactive`, `failed`, `activating`, `deactivating`. */
  readonly activeState: string;
  readonly subState: string;
  /** `enabled`, `disabled`, `static`, `masked`, …; '' where there is no unit file. */
  readonly unitFileState: string;
  readonly fragmentPath: string;
  readonly dropInPaths: readonly string[];
  /** `simple`, `notify`, `oneshot`, …; '' for what is no service. */
  readonly type: string;
  /** A oneshot that stays active after its command has ended. */
  readonly remainsAfterExit: boolean;
  /** `success`, `exit-code`, `start-limit-hit`, … of the last run. */
  readonly result: string;
  readonly restarts: number;
  readonly mainPid: number;
  readonly canReload: boolean;
  /** systemd holds an older form of the unit than the disk does. */
  readonly needsDaemonReload: boolean;
  /**
   * When its main process began (of a unit without one: when it became active), seconds since 1970 with fraction, to
   * be compared with a file's mtime; 0 while it is not active, `justWritten` in a prediction.
   */
  readonly startedAt: number;
  /**
   * When it last read its configuration: its start, or a later reload that succeeded, whoever asked for it. Seconds as
   * above. A running service changes its state only by a reload (seen on 252 and 257: daemon-reload and daemon-reexec
   * leave StateChangeTimestamp alone), so that time is the reload's end.
   */
  readonly configuredAt: number;
  /** Links below /etc/systemd/system that enable it, sorted: `multi-user.target.wants/ssh.service`. */
  readonly links: readonly string[];
  /** The links that its [Install] asks for, sorted; undefined where that can't be told. */
  readonly wantedLinks: readonly string[] | undefined;
}

/**
 * The fact "what systemd says of this unit".
 *
 * @param name  with or without `.service`; must match `unitNamePattern`
 */
export const unit = (name: string): FactKey<UnitFact> => ({ kind: 'unit', id: unitName(name) });

/** It is up: `reloading` and `refreshing` are kinds of active. */
export const isActive = ({ activeState }: UnitFact): boolean =>
  ['active', 'reloading', 'refreshing'].includes(activeState);

/** A oneshot that is inactive again as soon as its command has ended: no look can tell whether it has run. */
export const leavesNoTrace = (fact: UnitFact): boolean => fact.type === 'oneshot' && !fact.remainsAfterExit;

/** It is enabled by links that aren't those its [Install] asks for now: `reenable` puts that right. */
export const hasStaleLinks = ({ unitFileState, links, wantedLinks }: UnitFact): boolean =>
  unitFileState === 'enabled' && wantedLinks !== undefined && links.join() !== wantedLinks.join();

/** A unit that nobody has heard of. */
export const unknownUnit = (name: string): UnitFact => ({
  id: unitName(name),
  loadState: 'not-found',
  activeState: 'inactive',
  subState: 'dead',
  unitFileState: '',
  fragmentPath: '',
  dropInPaths: [],
  type: '',
  remainsAfterExit: false,
  result: 'success',
  restarts: 0,
  mainPid: 0,
  canReload: false,
  needsDaemonReload: false,
  startedAt: 0,
  configuredAt: 0,
  links: [],
  wantedLinks: undefined,
});

/** NOTE: `systemctl show` gives up at a template's name, so those are asked for apart. */
const instances = (keys: readonly FactKey<UnitFact>[]): string[] =>
  keys.map((key) => key.id).filter((id) => !isTemplate(id));
const templates = (keys: readonly FactKey<UnitFact>[]): string[] =>
  keys.map((key) => key.id).filter(isTemplate);

/**
 * Output, parts with a head line each:
 * - `@failed` then why systemd can't be asked (no other part follows);
 * - `@show` then `systemctl show` of all units but templates, in order;
 * - `@templates` then `systemctl list-unit-files` of the templates: `name state preset`;
 * - `@folders` then links and drop-ins (see `folderListing`);
 * - `@install` then `<path>\0<line>` for section heads and [Install] keys of the units' files.
 */
const script = (keys: readonly FactKey<UnitFact>[]): Sh => {
  const shown = instances(keys);
  const listed = templates(keys);
  const show = sh`systemctl show --timestamp=us+utc -p ${shownProperties.join()} -- ${shown}`;
  return joinSh([
    sh`shown=
if ! [ -d /run/systemd/system ]; then printf '@failed\nsystemd is not running here\n'`,
    ...(shown.length === 0
      ? []
      : [
          sh`elif ! shown=$(${show} 2>/dev/null); then printf '@failed\n'; ${show} 2>&1 >/dev/null | head -n 5`,
        ]),
    sh`else
printf '@show\n%s\n' "$shown"`,
    listed.length === 0
      ? rawSh(':')
      : sh`printf '@templates\n'; systemctl list-unit-files --plain --no-legend --no-pager -- ${listed} 2>/dev/null || :`,
    sh`printf '@folders\n'`,
    folderListing,
    sh`printf '@install\n'
printf '%s\n' "$shown" |
awk 'sub(/^(FragmentPath|DropInPaths)=/, "") { n = split($0, paths, " "); for (i = 1; i <= n; i++) if (!seen[paths[i]]++) print paths[i] }' |
xargs -r -d '\n' grep -sHZE '^[[:space:]]*(\[|(WantedBy|RequiredBy)[[:space:]]*=)' -- || :
fi`,
  ]);
};

type Part = 'failed' | 'show' | 'templates' | 'folders' | 'install';

const partsOf = (output: string): ReadonlyMap<Part, readonly string[]> => {
  const parts = new Map<Part, string[]>();
  let part: string[] | undefined;
  for (const line of output.split('\n')) {
    const [, head] = /^@(failed|show|templates|folders|install)$/.exec(line) ?? [];
    if (head !== undefined) {
      part = [];
      parts.set(head as Part, part);
    } else if (part === undefined) {
      if (line !== '')
        throw new StrangeOutput(`unexpected line among the units: ${JSON.stringify(line.slice(0, 200))}`);
    } else part.push(line);
  }
  return parts;
};

const linesByFile = (lines: readonly string[]): ReadonlyMap<string, readonly string[]> => {
  const files = new Map<string, string[]>();
  for (const line of lines.filter((text) => text !== '')) {
    const [path = '', text, more] = line.split('\0');
    if (text === undefined || more !== undefined)
      throw new StrangeOutput(`unexpected line among the unit files: ${JSON.stringify(line.slice(0, 200))}`);
    files.set(path, [...(files.get(path) ?? []), text]);
  }
  return files;
};

const words = (text: string): string[] => text.split(' ').filter((word) => word !== '');

const startOf = (shown: Shown): number => {
  const mainStart = parseTimestamp(shown.ExecMainStartTimestamp);
  return mainStart === 0 ? parseTimestamp(shown.ActiveEnterTimestamp) : mainStart;
};

const factOf = (
  shown: Shown,
  folders: UnitFolders,
  files: ReadonlyMap<string, readonly string[]>,
): UnitFact => {
  const dropInPaths = words(shown.DropInPaths);
  const texts = [shown.FragmentPath, ...dropInPaths].map((path) => files.get(path) ?? []);
  const startedAt = ['active', 'reloading', 'refreshing'].includes(shown.ActiveState) ? startOf(shown) : 0;
  const changedAt = parseTimestamp(shown.StateChangeTimestamp);
  // What ends with its start and stays up is never running, and changes its state by a reload only, as what runs does.
  const isAtWork = shown.SubState === 'running' || (shown.SubState === 'exited' && shown.Type === 'oneshot');
  const isReloaded =
    startedAt > 0 &&
    isAtWork &&
    shown.ReloadResult === 'success' &&
    changedAt > parseTimestamp(shown.ActiveEnterTimestamp);
  const unseen = shown.LoadState === 'loaded' ? unseenDropIns(shown.Id, dropInPaths, folders.dropIns) : [];
  return {
    id: shown.Id,
    loadState: shown.LoadState,
    activeState: shown.ActiveState,
    subState: shown.SubState,
    unitFileState: shown.UnitFileState,
    fragmentPath: shown.FragmentPath,
    dropInPaths,
    type: shown.Type,
    remainsAfterExit: shown.RemainAfterExit === 'yes',
    result: shown.Result,
    restarts: Number(shown.NRestarts),
    mainPid: Number(shown.MainPID),
    canReload: shown.CanReload === 'yes',
    needsDaemonReload: shown.NeedDaemonReload === 'yes' || unseen.length > 0,
    startedAt,
    configuredAt: isReloaded ? changedAt : startedAt,
    links: linksOf(shown.Id, folders.links),
    wantedLinks: shown.FragmentPath === '' ? undefined : wantedLinksOf(shown.Id, texts),
  };
};

const templateFact = (id: string, lines: readonly string[]): UnitFact => {
  const [, state] = lines.map(words).find(([name]) => name === id) ?? [];
  return state === undefined
    ? unknownUnit(id)
    : {
        ...unknownUnit(id),
        loadState: state.startsWith('masked') ? 'masked' : 'loaded',
        unitFileState: state,
      };
};

const parse = (
  output: string,
  keys: readonly FactKey<UnitFact>[],
): ReadonlyMap<string, Observed<UnitFact>> => {
  const parts = partsOf(output);
  const failure = parts.get('failed');
  if (failure !== undefined) {
    const text = failure.join('\n').trim();
    return new Map(
      keys.map(({ id }) => [id, new FactFailure(`systemd cannot be asked about ${id}: ${text}`)]),
    );
  }
  const shown = parseShown((parts.get('show') ?? []).join('\n'));
  const asked = instances(keys);
  if (shown.length !== asked.length)
    throw new StrangeOutput(`systemctl show gave ${shown.length} units where ${asked.length} were asked for`);
  const folders = parseFolders((parts.get('folders') ?? []).filter((line) => line !== ''));
  const files = linesByFile(parts.get('install') ?? []);
  return new Map([
    ...asked.map((id, index): [string, UnitFact] => [id, factOf(shown[index] as Shown, folders, files)]),
    ...templates(keys).map((id): [string, UnitFact] => [id, templateFact(id, parts.get('templates') ?? [])]),
  ]);
};

/** One `systemctl show`, one `find` and one `grep` for all units. */
export const units: FactKind<UnitFact> = {
  kind: 'unit',
  hasNul: true,
  script,
  parse,
  lasting: ({ loadState, activeState, unitFileState }) => ({ loadState, activeState, unitFileState }),
};
