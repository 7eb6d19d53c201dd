import type { FileFact } from '../facts/files.ts';
import type { Change } from '../model/action.ts';
import type { Sh } from '../model/sh.ts';
import { rawSh, sh } from '../shell/sh.ts';

/** Owner, group and mode that are wanted; what is undefined is left alone. */
export interface Attributes {
  /** Name or number. */
  readonly owner?: string | undefined;
  readonly group?: string | undefined;
  /** Four octal digits. */
  readonly mode?: string | undefined;
}

/** In a prediction: the number of an account of which only the name is known. */
export const unknownId = -1;

const isNumber = (text: string): boolean => /^\d+$/.test(text);

const sameAccount = (wanted: string, name: string, id: number): boolean =>
  wanted === name || (isNumber(wanted) && Number(wanted) === id);

const idAfter = (wanted: string, name: string, id: number): number => {
  if (isNumber(wanted)) return Number(wanted);
  return wanted === name ? id : unknownId;
};

/** How chown is told of an account that was seen: by number, or by name where the file's owner is only predicted. */
export const accountWord = (name: string, id: number): string => (id === unknownId ? name : String(id));

type Owned = Pick<FileFact, 'owner' | 'group' | 'uid' | 'gid' | 'mode' | 'type'>;

/** What of the wanted attributes differs; a link has no mode of its own. */
export const differing = (current: Owned, { owner, group, mode }: Attributes): Attributes => ({
  ...(owner !== undefined && !sameAccount(owner, current.owner, current.uid) && { owner }),
  ...(group !== undefined && !sameAccount(group, current.group, current.gid) && { group }),
  ...(mode !== undefined && current.type !== 'link' && mode !== current.mode && { mode }),
});

/** A line an attribute: `mode 0644 -> 0640`. */
export const attributeChanges = (current: Owned, different: Attributes): Change[] =>
  (['owner', 'group', 'mode'] as const)
    .filter((name) => different[name] !== undefined)
    .map((name) => ({ summary: `${name} ${current[name]} -> ${different[name]}` }));

/** The fact with the attributes set. */
export const withAttributes = <F extends Owned>(current: F, { owner, group, mode }: Attributes): F => ({
  ...current,
  ...(owner !== undefined && { owner, uid: idAfter(owner, current.owner, current.uid) }),
  ...(group !== undefined && { group, gid: idAfter(group, current.group, current.gid) }),
  ...(mode !== undefined && { mode }),
});

/** `owner:group` as chown takes it, or undefined where neither is wanted. */
const chownWord = ({ owner, group }: Attributes): string | undefined => {
  if (owner === undefined && group === undefined) return undefined;
  return `${owner ?? ''}${group === undefined ? '' : `:${group}`}`;
};

/** sh that sets owner and group of the operands; a link's own. */
export const setOwnerSh = (wanted: Attributes, operands: Sh): Sh[] => {
  const owner = chownWord(wanted);
  return owner === undefined ? [] : [sh`chown -h -- ${owner} ${operands}`];
};

/** NOTE: five digits, since GNU chmod leaves a directory's setgid bit alone when it is given four. */
export const chmodSh = (mode: string, operands: Sh): Sh => sh`chmod -- ${`0${mode}`} ${operands}`;

/** sh that sets the attributes of the given operands. Owner first: chown takes setuid bits away. */
export const setAttributesSh = (wanted: Attributes, operands: Sh): Sh[] => [
  ...setOwnerSh(wanted, operands),
  ...(wanted.mode === undefined ? [] : [chmodSh(wanted.mode, operands)]),
];

/** The file that the shell has open as its descriptor 3, whatever its name leads to by now. @see proc_pid_fd(5) */
export const openedFile: Sh = rawSh('/proc/self/fd/3');

/** As `setAttributesSh`, for `openedFile`: that is a link, and is to be followed. */
export const setOpenedAttributesSh = (wanted: Attributes): Sh[] => {
  const owner = chownWord(wanted);
  return [
    ...(owner === undefined ? [] : [sh`chown -- ${owner} ${openedFile}`]),
    ...(wanted.mode === undefined ? [] : [chmodSh(wanted.mode, openedFile)]),
  ];
};
