import type { FactKey, FactKind, Observed } from '../model/fact.ts';
import { StrangeOutput } from '../model/fact.ts';
import { sh } from '../shell/sh.ts';

/** What is mounted on a folder; of several the last, which hides the others. */
export interface MountFact {
  /** A device or remote name; of a bind mount the folder that it shows. */
  readonly source: string;
  readonly type: string;
  /** Of the mount point and of the file system: `rw`, `nosuid`, `size=1024k`. */
  readonly options: readonly string[];
}

/** The fact "what is mounted here". @param path  without links in it, as the kernel has it */
export const mount = (path: string): FactKey<MountFact> => ({ kind: 'mount', id: path });

/** Output: /proc/self/mountinfo as it is, see proc_pid_mountinfo(5). */
const script = () => sh`cat /proc/self/mountinfo`;

interface Row {
  readonly id: string;
  readonly parent: string;
  readonly root: string;
  readonly point: string;
  readonly type: string;
  readonly source: string;
  readonly options: readonly string[];
}

/** The kernel writes blanks, line ends and backslashes as three octal digits. */
const decodeField = (text: string): string =>
  text.replaceAll(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));

const rowOf = (line: string): Row => {
  const [, id = '', parent = '', root = '', point = '', own = '', type = '', source = '', whole = ''] =
    /^(\d+) (\d+) \S+ (\S+) (\S+) (\S+) (?:\S+ )*- (\S+) (\S*) (\S+)$/.exec(line) ?? [];
  if (id === '')
    throw new StrangeOutput(`unexpected line among the mounts: ${JSON.stringify(line.slice(0, 200))}`);
  return {
    id,
    parent,
    root: decodeField(root),
    point: decodeField(point),
    type,
    source: decodeField(source),
    options: [...new Set([...own.split(','), ...whole.split(',')])],
  };
};

/**
 * The folder that a bind mount shows: the part of its file system, found below where that whole is mounted.
 */
const sourceOf = (row: Row, rows: readonly Row[]): string => {
  if (row.root === '/' || !row.root.startsWith('/')) return row.source;
  const whole = rows.find(
    (other) =>
      other !== row &&
      other.source === row.source &&
      other.type === row.type &&
      (other.root === '/' || row.root.startsWith(`${other.root}/`) || row.root === other.root) &&
      other.point !== row.point,
  );
  if (whole === undefined) return row.source;
  const below = whole.root === '/' ? row.root : row.root.slice(whole.root.length);
  return `${whole.point === '/' ? '' : whole.point}${below}` || '/';
};

const parse = (
  output: string,
  keys: readonly FactKey<MountFact>[],
): ReadonlyMap<string, Observed<MountFact>> => {
  const rows = output
    .split('\n')
    .filter((line) => line !== '')
    .map(rowOf);
  return new Map(
    keys.map(({ id }): [string, Observed<MountFact>] => {
      const row = rows.findLast(({ point }) => point === id);
      if (row === undefined) return [id, 'absent'];
      return [id, { source: sourceOf(row, rows), type: row.type, options: row.options }];
    }),
  );
};

/** One `cat`. */
export const mounts: FactKind<MountFact> = {
  kind: 'mount',
  script,
  parse,
  lasting: ({ source, type }) => ({ source, type }),
};
