import type { FileType } from '../../facts/files.ts';

/** `rusr`, `wgrp`, `isuid`, … of permission bits. */
export const permissionsOf = (mode: number): Readonly<Record<string, boolean>> =>
  Object.fromEntries(
    [
      ...['rusr', 'wusr', 'xusr', 'rgrp', 'wgrp', 'xgrp', 'roth', 'woth', 'xoth'].map(
        (name, index): [string, number] => [name, 0o400 >> index],
      ),
      ['isuid', 0o4000] as [string, number],
      ['isgid', 0o2000] as [string, number],
    ].map(([name, bit]) => [name, (mode & bit) !== 0]),
  );

/** `isdir`, `islnk`, … of what something is. */
export const kindOf = (type: FileType): Readonly<Record<string, boolean>> => ({
  isdir: type === 'directory',
  isreg: type === 'file',
  islnk: type === 'link',
  issock: type === 'socket',
  isfifo: type === 'fifo',
  ischr: type === 'char',
  isblk: type === 'block',
});
