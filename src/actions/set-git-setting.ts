import { type GitScope, gitConfig, gitSetting } from '../facts/git-settings.ts';
import type { Action } from '../model/action.ts';
import { absent, type Identity } from '../model/fact.ts';

export interface GitSettingChange {
  readonly name: string;
  readonly where: GitScope;
  readonly identity: Identity;
  readonly before: readonly string[];
  readonly after: readonly string[];
  /** Words of `git config` after the place. */
  readonly words: readonly string[];
}

const shown = (values: readonly string[]): string => (values.length === 0 ? 'none' : values.join(', '));

/** Sets or takes away a setting of git. */
export const setGitSetting = (change: GitSettingChange): Action => {
  const { name, where, identity, before, after, words } = change;
  return {
    kind: 'set-git-setting',
    summary: `set ${name} of git`,
    changes: [{ summary: `${name}: ${shown(before)} -> ${shown(after)}` }],
    sh: gitConfig(where, words, false),
    predicts: [{ key: gitSetting(name, where, identity), value: after.length === 0 ? absent : after }],
    // Where its file is only git knows, but for those that were named.
    taints: ['file', 'content'].map((kind) => ({ kind, under: where.path ?? '/etc/gitconfig' })),
  };
};
