interface SshWish {
  readonly key_file?: string | undefined;
  readonly ssh_opts?: string | undefined;
  readonly accept_hostkey: boolean;
  readonly accept_newhostkey: boolean;
}

/** git gives the whole to a shell. */
const quoted = (word: string): string =>
  /^[\w@%+:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

const hostKeyOption = ({ ssh_opts = '', ...wish }: SshWish): readonly string[] => {
  if (/StrictHostKeyChecking=(?:no|accept-new)/.test(ssh_opts)) return [];
  if (wish.accept_hostkey) return ['-o', 'StrictHostKeyChecking=no'];
  return wish.accept_newhostkey ? ['-o', 'StrictHostKeyChecking=accept-new'] : [];
};

/** The ssh that git is to use; undefined: as it is set up. It never asks anybody anything. */
export const sshCommandOf = (wish: SshWish): string | undefined => {
  const { key_file, ssh_opts } = wish;
  const words = [
    ...(ssh_opts === undefined ? [] : [ssh_opts]),
    ...hostKeyOption(wish),
    ...(key_file === undefined ? [] : ['-i', quoted(key_file), '-o', 'IdentitiesOnly=yes']),
  ];
  return words.length === 0 ? undefined : ['ssh', '-o', 'BatchMode=yes', ...words].join(' ');
};
