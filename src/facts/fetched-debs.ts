import { absent, type FactKey, type Identity } from '../model/fact.ts';
import type { HttpRequest } from '../model/http-request.ts';
import type { Sh } from '../model/sh.ts';
import { fetchFile } from '../shell/fetch-file.ts';
import { joinSh, rawSh, sh } from '../shell/sh.ts';
import { sha256 } from '../util/sha256.ts';
import type { DebFileFact } from './deb-files.ts';
import { type ProbeFact, probe } from './probes.ts';

/** A .deb file that the host fetches. */
export interface DebAddress {
  readonly request: HttpRequest;
  /** The address without a password. */
  readonly shown: string;
}

/** What a .deb file that was fetched would install. */
export interface FetchedDeb extends DebFileFact {
  /** Of the file, in hex. */
  readonly sha256: string;
}

/**
 * Fetches the file to `$a`, in a folder `$folder` that is gone at the end of the shell.
 *
 * @param failed  sh of the body of a function that ends the script, with the reason in `$1` and `$2`
 */
export const fetchDeb = ({ request, shown }: DebAddress, failed: Sh): Sh =>
  joinSh([
    rawSh('failed() {'),
    failed,
    rawSh(`}
folder=$(mktemp -d)
trap 'rm -rf -- "$folder"' EXIT
trap 'exit 1' HUP INT TERM
a=$folder/package.deb`),
    fetchFile(request, shown),
  ]);

/** Output, a line: `failed <text>`, or `is <package> <version> <SHA-256>`. */
const script = (address: DebAddress): Sh =>
  joinSh([
    fetchDeb(address, rawSh('printf "failed %s%s\\n" "$1" "$2"; exit 0')),
    sh`is=$(dpkg-deb --show --showformat '\${Package} \${Version}\n' "$a" 2>&1) || failed ${`${address.shown}: `} "$(printf %s "$is" | tr '\n' ' ')"
printf 'is %s %s\n' "$is" "$(sha256sum <"$a" | cut -d ' ' -f 1)"`,
  ]);

const readSeconds = 600;

/** Readably where nothing but the address and the account tell it apart; another by a hash besides, since it may hold secrets. */
const nameOf = ({ request, shown }: DebAddress, identity: Identity): string =>
  request.url === shown && identity.environment === undefined
    ? `${shown} as ${identity.user ?? ''}`
    : `${shown} ${sha256(JSON.stringify([request, identity])).slice(0, 16)}`;

/** The fact "which package this address has". Every action of an earlier task taints it. */
export const fetchedDeb = (address: DebAddress, identity: Identity): FactKey<ProbeFact> =>
  probe(`deb ${nameOf(address, identity)}`, script(address), identity, readSeconds);

/** Reads what the look printed. @returns a text: why there is none */
export const parseFetchedDeb = (fact: ProbeFact | typeof absent): FetchedDeb | string => {
  if (fact === absent) return 'it was not looked at';
  const [, failure, name, version = '', hash = ''] =
    /^(?:failed (.*)|is (\S+) (\S+) ([0-9a-f]{64}))$/m.exec(fact.stdout) ?? [];
  return name === undefined
    ? (failure ?? (fact.stderr.trim() || 'it could not be read'))
    : { name, version, sha256: hash };
};
