import { kernelSetting } from '../facts/kernel-settings.ts';
import type { Action } from '../model/action.ts';
import { sh } from '../shell/sh.ts';

/** Gives the running kernel another host name; systemd-hostnamed notices it by itself. */
export const setHostname = (name: string, before: string): Action => ({
  kind: 'set-hostname',
  summary: `set the host name to ${name}`,
  changes: [{ summary: `host name ${before} -> ${name}` }],
  sh: sh`hostname -- ${name}`,
  predicts: [{ key: kernelSetting('kernel.hostname'), value: { value: name } }],
  taints: [{ kind: 'system' }],
});
