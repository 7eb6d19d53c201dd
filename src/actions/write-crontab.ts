import { crontab } from '../facts/crontabs.ts';
import type { Action } from '../model/action.ts';
import { joinSh, sh } from '../shell/sh.ts';

export interface CrontabToWrite {
  /** undefined: the account that the task acts as. */
  readonly user: string | undefined;
  readonly text: string;
  /** null: it had none. */
  readonly before: string | null;
  /** Keep the old one in /tmp; its path is printed. */
  readonly backup: boolean;
}

/** Replaces the crontab of an account as a whole; `crontab` refuses one with mistakes, and tells cron. */
export const writeCrontab = ({ user, text, before, backup }: CrontabToWrite): Action => {
  const path = user === undefined ? 'crontab' : `crontab of ${user}`;
  const summary = before === null ? `create the ${path}` : `write the ${path}`;
  const keepsCopy = backup && before !== null;
  return {
    kind: 'write-crontab',
    summary: `write the ${path}`,
    changes: [{ summary, diff: { path, before, after: text } }],
    sh: joinSh([
      // NOTE: only root may name another account, and Debian's crontab takes one's own name for another's too.
      user === undefined ? sh`set --` : sh`set -- -u ${user}; if [ "$(id -un)" = ${user} ]; then set --; fi`,
      sh`printf %s ${text} | crontab "$@" -`,
      ...(keepsCopy
        ? [
            sh`b=$(mktemp /tmp/crontab.XXXXXX)
printf %s ${before} >"$b"
printf '%s\n' "$b"`,
          ]
        : []),
    ]),
    predicts: [{ key: crontab(user), value: { text } }],
    ...(keepsCopy && { capture: true }),
  };
};
