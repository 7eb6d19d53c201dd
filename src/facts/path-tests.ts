import type { Sh } from '../model/sh.ts';
import { sh } from '../shell/sh.ts';

/** sh that succeeds where something is at a path, links followed; or only where that is a folder. */
export const pathIs = (wanted: 'there' | 'folder', path: string): Sh =>
  wanted === 'there' ? sh`[ -e ${path} ]` : sh`[ -d ${path} ]`;
