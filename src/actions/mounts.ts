import { file } from '../facts/files.ts';
import { type MountFact, mount } from '../facts/mounts.ts';
import type { Action } from '../model/action.ts';
import { absent, type Taint } from '../model/fact.ts';
import type { Sh } from '../model/sh.ts';
import { sh } from '../shell/sh.ts';

/** What is to be mounted where. */
export interface MountWish {
  readonly path: string;
  readonly source: string;
  readonly type: string;
  /** With commas between. */
  readonly options: string;
}

/** What is seen at and below the path is another file system's. */
const taintsBelow = (path: string): readonly Taint[] =>
  ['file', 'content', 'tree', 'checksum'].map((kind) => ({ kind, under: path }));

const factOf = ({ source, type, options }: MountWish): MountFact => ({
  source,
  type,
  options: options.split(','),
});

const mountSh = ({ path, source, type, options }: MountWish): Sh =>
  sh`mount -t ${type} -o ${options} -- ${source} ${path}`;

/** Mounts a file system. */
export const mountPath = (wish: MountWish): Action => ({
  kind: 'mount-path',
  summary: `mount ${wish.path}`,
  changes: [{ summary: `mount ${wish.source} on ${wish.path} (${wish.type}, ${wish.options})` }],
  sh: mountSh(wish),
  predicts: [{ key: mount(wish.path), value: factOf(wish) }],
  taints: taintsBelow(wish.path),
});

/**
 * Mounts it anew, with other options or, where that will not do, unmounted in between.
 *
 * @param replace  it is another file system, so it has to be unmounted first
 * @param always   it is done again at every run
 */
export const remountPath = (
  wish: MountWish,
  { replace, always = false }: { readonly replace: boolean; readonly always?: boolean },
): Action => ({
  kind: 'remount-path',
  summary: `remount ${wish.path}`,
  changes: [{ summary: `remount ${wish.path} (${wish.options})` }],
  sh: replace
    ? sh`umount -- ${wish.path}
${mountSh(wish)}`
    : sh`if ! mount -o ${`remount,${wish.options}`} -- ${wish.path}; then
umount -- ${wish.path}
${mountSh(wish)}
fi`,
  predicts: [{ key: mount(wish.path), value: factOf(wish) }],
  taints: replace ? taintsBelow(wish.path) : [],
  ...(always && { unprovable: true }),
});

/** Has a mounted file system take its options again, from fstab or as given. Done at every run. */
export const refreshMount = (
  path: string,
  options: string | undefined,
  fstab: string | undefined,
): Action => ({
  kind: 'refresh-mount',
  summary: `remount ${path}`,
  changes: [{ summary: `remount ${path}` }],
  sh:
    options === undefined
      ? sh`if ! mount ${fstab === undefined ? [] : ['-T', fstab]} -o remount -- ${path}; then
umount -- ${path}
mount ${fstab === undefined ? [] : ['-T', fstab]} -- ${path}
fi`
      : sh`mount ${fstab === undefined ? [] : ['-T', fstab]} -o ${`remount,${options}`} -- ${path}`,
  predicts: [],
  taints: [{ kind: 'mount' }],
  unprovable: true,
});

/** Unmounts what is mounted there. */
export const unmountPath = (path: string): Action => ({
  kind: 'unmount-path',
  summary: `unmount ${path}`,
  changes: [{ summary: `unmount ${path}` }],
  sh: sh`umount -- ${path}`,
  predicts: [{ key: mount(path), value: absent }],
  taints: taintsBelow(path),
});

/** Removes the folder that something was mounted on, which must be empty. */
export const removeMountPoint = (path: string): Action => ({
  kind: 'remove-mount-point',
  summary: `remove ${path}`,
  changes: [{ summary: `remove directory ${path}` }],
  sh: sh`rmdir -- ${path}`,
  predicts: [{ key: file(path), value: absent }],
});
