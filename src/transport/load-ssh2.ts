import type ssh2 from 'ssh2';

let loaded: Promise<typeof ssh2> | undefined;

/** The SSH library. Loaded when first needed: what contacts no host does without. */
export const loadSsh2 = (): Promise<typeof ssh2> => {
  loaded ??= import('ssh2').then((module) => module.default);
  return loaded;
};
