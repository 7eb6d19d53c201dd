import type ssh2 from 'ssh2';

let loaded: Promise<typeof ssh2> | undefined;

/** node-ssh's SSH library, for keys and agents. Loaded when first needed: it costs a fifth of a second of start-up. */
export const loadSsh2 = (): Promise<typeof ssh2> => {
  loaded ??= import('ssh2').then((module) => module.default);
  return loaded;
};
