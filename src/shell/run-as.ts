import type { Identity } from '../model/fact.ts';
import type { Sh } from '../model/sh.ts';
import { folderFunctions } from './enter-folder.ts';
import { joinSh, rawSh, sh } from './sh.ts';

/**
 * The piece as another account, with its environment. The text goes to the inner shell on standard input (printf is
 * a builtin), so nothing of it shows in an argument list; the commands in it read from /dev/null. PAM may set a umask for runuser, too.
 *
 * @param identity  a user of undefined stays with the account the script runs as (which must be root to change it)
 */
export const runAs = (identity: Identity, piece: Sh): Sh => {
  const exports = Object.entries(identity.environment ?? {}).map(
    ([name, value]) => sh`export ${name}=${value}`,
  );
  const inner = exports.length > 0 ? joinSh([...exports, piece]) : piece;
  if (identity.user === undefined) return inner;
  const functions = folderFunctions(piece);
  const fed = joinSh([
    rawSh('umask 022'),
    ...(functions ? [functions] : []),
    rawSh('{'),
    inner,
    rawSh('} </dev/null'),
  ]);
  return sh`printf '%s\n' ${fed.sh} | runuser -u ${identity.user} -- sh -s`;
};
