import type { Action, Change, HereStep } from '../model/action.ts';
import { rawSh, sh } from '../shell/sh.ts';

const nothing: Pick<Action, 'sh' | 'predicts'> = { sh: rawSh(':'), predicts: [] };

/** Lets time pass on this machine; nothing runs on the host. */
export const waitHere = (seconds: number): Action => ({
  kind: 'wait-here',
  summary: `wait ${seconds} s`,
  changes: [],
  ...nothing,
  verification: true,
  here: { type: 'wait', seconds },
});

/** Asks whoever started the run; the answer is printed. */
export const askHere = (question: string, options: { readonly hidden: boolean }): Action => ({
  kind: 'ask-here',
  summary: `ask "${question}"`,
  changes: [],
  ...nothing,
  verification: true,
  capture: true,
  here: { type: 'ask', question, ...options },
});

/** Lets go of the line and logs in anew. */
export const reconnect = (step: Omit<HereStep & { readonly type: 'reconnect' }, 'type'>): Action => ({
  kind: 'reconnect',
  summary: 'wait for the host to be reached',
  changes: [],
  ...nothing,
  verification: true,
  taints: ['everything'],
  here: { type: 'reconnect', ...step },
});

/** Brings a file of the host here; the host stays as it is. */
export const fetchFile = (
  step: Omit<HereStep & { readonly type: 'fetch' }, 'type'>,
  change: Change,
): Action => ({
  kind: 'fetch-file',
  summary: `fetch ${step.path}`,
  changes: [change],
  ...nothing,
  here: { type: 'fetch', ...step },
});

/** How a host is restarted, and how it is told that it was; commands are the user's, for sh. */
export interface Restart {
  /** undefined: shutdown, in so many minutes. */
  readonly command: string | undefined;
  readonly minutes: number;
  /** What users of the host are told. */
  readonly message: string;
  readonly bootId: string;
  readonly test: string;
  readonly afterSeconds: number;
  readonly timeoutSeconds: number;
}

/** Restarts the host: nothing of what was seen is certain after it. */
export const rebootHost = ({ command, minutes, message, bootId, test, ...times }: Restart): Action => ({
  kind: 'reboot-host',
  summary: 'restart the host',
  changes: [{ summary: 'restart the host' }],
  ...nothing,
  taints: ['everything'],
  unprovable: true,
  here: {
    type: 'reboot',
    command:
      command === undefined
        ? sh`shutdown -r ${minutes === 0 ? 'now' : `+${minutes}`} ${message}`
        : sh`eval ${command}`,
    bootId: sh`eval ${bootId}`,
    test: sh`eval ${test}`,
    ...times,
  },
});
