import { type LocaleFact, locale } from '../facts/locales.ts';
import type { Action } from '../model/action.ts';
import { sh } from '../shell/sh.ts';

/** Makes the locales that /etc/locale.gen names, and no others. @param after  what is known then, by name */
export const generateLocales = (after: ReadonlyMap<string, LocaleFact>, isPresent: boolean): Action => {
  const names = [...after.keys()];
  const verb = isPresent ? 'generate' : 'remove';
  return {
    kind: 'generate-locales',
    summary: `${verb} ${names.join(', ')}`,
    changes: names.map((name) => ({ summary: `${verb} locale ${name}` })),
    sh: sh`PATH=$PATH:/usr/sbin:/sbin
locale-gen`,
    predicts: [...after].map(([name, value]) => ({ key: locale(name), value })),
  };
};
