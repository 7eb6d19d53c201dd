import { posix } from 'node:path';
import type { ChecksumAlgorithm } from '../facts/checksums.ts';
import { content } from '../facts/contents.ts';
import { type FileFact, file } from '../facts/files.ts';
import type { Action, Change } from '../model/action.ts';
import { type Absent, absent } from '../model/fact.ts';
import type { HttpRequest } from '../model/http-request.ts';
import type { Sh } from '../model/sh.ts';
import { unknown } from '../model/unknown.ts';
import { enterFolderOf, nameIn } from '../shell/enter-folder.ts';
import { defineRequest } from '../shell/http-client.ts';
import { joinSh, rawSh, sh } from '../shell/sh.ts';
import { type Attributes, accountWord, setAttributesSh } from './file-attributes.ts';
import { taintsOfFile } from './file-taints.ts';
import { folderChanges } from './folder-changes.ts';
import { temporaryName } from './open-new.ts';
import { unitFileEffects } from './unit-effects.ts';
import { makeBackup } from './write-file.ts';

/** What a file must hold. */
export interface ExpectedChecksum {
  readonly algorithm: ChecksumAlgorithm;
  /** Lower-case hex. */
  readonly hex: string;
}

export interface Download extends Attributes {
  readonly request: HttpRequest;
  /** The address without secrets, for people. */
  readonly shown: string;
  readonly path: string;
  readonly current: FileFact | Absent;
  readonly expected?: ExpectedChecksum | undefined;
  /** Folder for what is not whole yet; default: the file's own. */
  readonly temporaryFolder?: string | undefined;
  readonly backup: boolean;
}

const separator = '\u001e';

/**
 * sh that fetches into `$t`, or fails with what the server or the client said. Sets `code`, the status.
 *
 * @param shown  the address without secrets
 */
export const fetchInto = (request: HttpRequest, shown: string): Sh =>
  joinSh([
    defineRequest(request, true),
    sh`status=0
meta=$(request 3>&1 >"$t") || status=$?
case $meta in *${separator}*) code=\${meta##*${separator}}; code=\${code%% *}; meta=\${meta%${separator}*} ;; *) code= ;; esac
case $status$code in
  0200|0226) ;;
  *) if [ "$code" = 000 ]; then code=; fi
     printf '%s\n' ${`could not fetch ${shown}`}"\${code:+: HTTP $code}" >&2
     # Headers end in a carriage return, or wget sets them in.
     printf '%s\n' "$meta" | grep -v -e "$(printf '\r')\$" -e '^  ' -e '^$' | tail -n 5 >&2
     exit 1 ;;
esac`,
  ]);

const verify = (
  { algorithm, hex }: ExpectedChecksum,
  shown: string,
): Sh => sh`sum=$(${`${algorithm}sum`} <"$t")
if [ "\${sum%% *}" != ${hex} ]; then
  printf 'The checksum for %s did not match %s; it was %s.\n' ${shown} ${hex} "\${sum%% *}" >&2
  exit 1
fi`;

const temporary = ({ path, temporaryFolder }: Download): Sh => {
  if (temporaryFolder === undefined) return sh`t=$(mktemp -- ${temporaryName(path)})`;
  return sh`if ! [ -d ${temporaryFolder} ]; then
  printf '%s\n' ${`tmp_dest: there is no folder ${temporaryFolder}`} >&2
  exit 1
fi
t=$(mktemp -- ${`${temporaryFolder}/.syn-XXXXXX`})`;
};

/** A rename is whole only within a file system. */
const moveBeside = ({ path, temporaryFolder }: Download): readonly Sh[] =>
  temporaryFolder === undefined
    ? []
    : [
        sh`u=$t
t=$(mktemp -- ${temporaryName(path)})
cat -- "$u" >"$t"
rm -f -- "$u"`,
      ];

/** `key value` lines that `parseDownload` reads. */
const report = ({
  path,
}: Download): Sh => sh`sum=$(sha1sum <${nameIn(path)}); printf 'sha1 %s\n' "\${sum%% *}"
sum=$(md5sum <${nameIn(path)}); printf 'md5 %s\n' "\${sum%% *}"
printf 'status %s\n' "$code"
stat --printf 'size %s\nmode 0%a\nowner %U\ngroup %G\nuid %u\ngid %g\n' -- ${nameIn(path)}`;

/** What a download said of the file: keys as in `report`, `backup` the path of the old file's copy. */
export const parseDownload = (stdout: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    [...stdout.matchAll(/^(sha1|md5|status|size|mode|owner|group|uid|gid|backup) (.*)$/gm)].map(
      ([, key = '', value = '']) => [key, value],
    ),
  );

const changeOf = ({ path, shown, current }: Download): Change => ({
  summary: `${current === absent ? 'download' : 'replace'} ${path} (${shown})`,
});

/**
 * Fetches a file: beside its place, readable by nobody else, checked, then renamed. Owner, group and mode of an existing
 * file stay where nothing else is wanted.
 */
export const downloadFile = (download: Download): Action => {
  const { path, current, expected, backup, shown } = download;
  const kept = current !== absent && current.type === 'file' ? current : undefined;
  const attributes: Attributes = {
    owner: download.owner ?? (kept && accountWord(kept.owner, kept.uid)),
    group: download.group ?? (kept && accountWord(kept.group, kept.gid)),
    mode: download.mode ?? kept?.mode ?? '0644',
  };
  const later = unknown(`the download of ${path}`);
  return {
    kind: 'download-file',
    summary: `download ${path}`,
    changes: [changeOf(download)],
    sh: joinSh([
      enterFolderOf(path),
      temporary(download),
      rawSh(`u=
trap 'rm -f -- "$t" \${u:+"$u"}' EXIT
trap 'exit 1' HUP INT TERM`),
      fetchInto(download.request, shown),
      ...(expected === undefined ? [] : [verify(expected, shown)]),
      ...moveBeside(download),
      ...setAttributesSh(attributes, rawSh('"$t"')),
      ...(backup && kept !== undefined
        ? [makeBackup(path), sh`printf 'backup %s/%s\n' ${posix.dirname(path).replace(/^\/$/, '')} "$b"`]
        : []),
      sh`mv -f -T -- "$t" ${nameIn(path)}
trap - EXIT HUP INT TERM`,
      report(download),
    ]),
    predicts: [
      { key: file(path), value: later },
      { key: content(path), value: later },
      ...unitFileEffects(path),
    ],
    revises: folderChanges(path),
    taints: taintsOfFile(path),
    capture: true,
  };
};
