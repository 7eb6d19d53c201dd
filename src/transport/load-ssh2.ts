import type ssh2 from 'ssh2';

let loaded: Promise<typeof ssh2> | undefined;

/** node-ssh's SSH library, for keys and agents. Loaded when first needed: with node-ssh it costs 55 ms (Node 20). */
export const loadSsh2 = (): Promise<typeof ssh2> => {
  loaded ??= import('ssh2').then((module) => module.default);
  return loaded;
};
