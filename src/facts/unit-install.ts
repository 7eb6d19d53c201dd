import { StrangeOutput } from '../model/fact.ts';
import type { Sh } from '../model/sh.ts';
import { rawSh } from '../shell/sh.ts';
import { instanceOf, unitFolder } from './unit-names.ts';

/** What the unit directories hold besides unit files. */
export interface UnitFolders {
  /** Links that enabling makes, below /etc/systemd/system: `multi-user.target.wants/ssh.service`. */
  readonly links: readonly string[];
  /** Drop-in files that are not empty, whole paths. */
  readonly dropIns: readonly string[];
}

/**
 * Lists links and drop-ins in one process, a line each: `L <relative path>` and `D <path>`. No name of a unit can hold
 * a newline.
 */
export const folderListing: Sh = rawSh(
  `find /etc/systemd/system /run/systemd/system /usr/local/lib/systemd/system /usr/lib/systemd/system -mindepth 2 -maxdepth 2 \\( -type l \\( -path '/etc/systemd/system/*.wants/*' -o -path '/etc/systemd/system/*.requires/*' \\) -printf 'L %P\\n' \\) -o \\( -type f -name '*.conf' -path '*.d/*' -size +0 -printf 'D %p\\n' \\) 2>/dev/null || :`,
);

/** @throws StrangeOutput with the line, when it is of no known form */
export const parseFolders = (lines: readonly string[]): UnitFolders => {
  const strange = lines.find((line) => !/^[LD] [^\0]+$/.test(line));
  if (strange !== undefined)
    throw new StrangeOutput(
      `unexpected line among the unit directories: ${JSON.stringify(strange.slice(0, 200))}`,
    );
  const tagged = (tag: string): string[] =>
    lines.filter((line) => line.startsWith(tag)).map((line) => line.slice(2));
  return { links: tagged('L '), dropIns: tagged('D ') };
};

const folderOf = (path: string): string => path.split('/').at(-2) ?? '';
const baseOf = (path: string): string => path.split('/').at(-1) ?? '';

/**
 * Drop-ins that stand on the disk but not in systemd's idea of the unit. systemd 252 doesn't say NeedDaemonReload where
 * the unit's `.d` directory is new (seen on bookworm; 257 does).
 */
export const unseenDropIns = (
  id: string,
  seen: readonly string[],
  dropIns: readonly string[],
): readonly string[] => {
  const template = instanceOf(id)?.template;
  const folders = [`${id}.d`, ...(template === undefined ? [] : [`${template}.d`])];
  const names = new Set(seen.map(baseOf));
  return dropIns.filter((path) => folders.includes(folderOf(path)) && !names.has(baseOf(path)));
};

/** Links of the unit that are there. */
export const linksOf = (id: string, links: readonly string[]): readonly string[] =>
  links.filter((link) => baseOf(link) === id).sort();

/** `[Install]` lines of a file that count here. */
const relevant = /^\s*(WantedBy|RequiredBy)\s*=(.*)$/;

/**
 * The links that `systemctl enable` would make, from the lines of the fragment and its drop-ins in their order.
 *
 * @param texts  lines of each file: section heads and the keys of [Install]
 * @returns undefined where it can't be told: a specifier, a continued line, a template on the other side
 */
export const wantedLinksOf = (
  id: string,
  texts: readonly (readonly string[])[],
): readonly string[] | undefined => {
  const wanted: Record<string, string[]> = { WantedBy: [], RequiredBy: [] };
  for (const lines of texts) {
    let section = '';
    for (const line of lines) {
      section = /^\s*\[(.*)\]/.exec(line)?.[1] ?? section;
      const [, key = '', text = ''] = (section === 'Install' ? relevant.exec(line) : null) ?? [];
      if (key === '') continue;
      const value = text.trim();
      if (/[%\\"']|@\./.test(value)) return undefined;
      wanted[key] = value === '' ? [] : [...(wanted[key] ?? []), ...value.split(/\s+/)];
    }
  }
  const links = (key: string, folder: string): string[] =>
    (wanted[key] ?? []).map((target) => `${target}.${folder}/${id}`);
  return [...new Set([...links('WantedBy', 'wants'), ...links('RequiredBy', 'requires')])].sort();
};

/** A path below one of the directories that systemd reads units from. */
export const isUnitFilePath = (path: string): boolean =>
  [
    unitFolder,
    '/run/systemd/system',
    '/usr/local/lib/systemd/system',
    '/usr/lib/systemd/system',
    '/lib/systemd/system',
  ].some((folder) => path.startsWith(`${folder}/`));
