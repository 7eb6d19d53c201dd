import type { FactKey, Identity } from '../model/fact.ts';
import { StrangeOutput } from '../model/fact.ts';
import type { HttpRequest } from '../model/http-request.ts';
import type { Sh } from '../model/sh.ts';
import { fetchFile } from '../shell/fetch-file.ts';
import { joinSh, rawSh, sh } from '../shell/sh.ts';
import { base64 } from '../util/base64.ts';
import { sha256 } from '../util/sha256.ts';
import { type ProbeFact, probe } from './probes.ts';

/** Where an archive comes from. */
export type ArchiveSource =
  | { readonly type: 'sent'; readonly bytes: Uint8Array }
  | { readonly type: 'file'; readonly path: string }
  | { readonly type: 'fetched'; readonly request: HttpRequest; readonly shown: string };

export interface Archive {
  readonly source: ArchiveSource;
  readonly dest: string;
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  /** Further options of tar or unzip. */
  readonly options: readonly string[];
  readonly keepNewer: boolean;
}

/** Bytes before base64 in one printf. Divisible by 3, so that the pieces need no padding. */
const pieceLength = 384 * 1024;

const pieces = (bytes: Uint8Array): readonly Sh[] =>
  Array.from({ length: Math.ceil(bytes.length / pieceLength) }, (_, index) => {
    const piece = bytes.subarray(index * pieceLength, (index + 1) * pieceLength);
    return sh`printf %s ${base64(piece)} | base64 -d >>"$a"`;
  });

const temporary = rawSh(`a=$(mktemp)
trap 'rm -f -- "$a"' EXIT
trap 'exit 1' HUP INT TERM`);

/** Leaves the archive at `$a`, or calls `failed TEXT`. */
const stage = (source: ArchiveSource): Sh => {
  if (source.type === 'file')
    return sh`a=${source.path}
[ -f "$a" ] || failed ${`Source '${source.path}' does not exist`}
[ -r "$a" ] || failed ${`Source '${source.path}' not readable`}`;
  if (source.type === 'sent') return joinSh([temporary, ...pieces(source.bytes)]);
  return joinSh([temporary, fetchFile(source.request, source.shown)]);
};

const needs = (program: string): Sh =>
  sh`command -v ${program} >/dev/null 2>&1 || failed ${`this archive needs ${program}, which is not on this host: install the package before`}`;

/** Sets `kind` to `zip`, or to tar's option for what the archive is packed with. */
const findKind = joinSh([
  rawSh(`[ -s "$a" ] || failed 'Invalid archive: the file is 0 bytes'
case $(head -c 6 <"$a" | od -An -tx1 | tr -d ' \\n') in
  504b*) kind=zip`),
  needs('unzip'),
  rawSh(`;;
  1f8b*) kind=-z ;;
  425a68*) kind=-j`),
  needs('bzip2'),
  rawSh(`;;
  fd377a585a00) kind=-J`),
  needs('xz'),
  rawSh(`;;
  28b52ffd*) kind=--use-compress-program=zstd`),
  needs('zstd'),
  rawSh(`;;
  *) kind= ;;
esac`),
]);

const withoutSlash = (path: string): string => path.replace(/\/$/, '');

const tarOptions = ({ options, exclude, keepNewer }: Archive, extracts: boolean): Sh =>
  sh`\${kind:+"$kind"} ${options.length > 0 ? ['--show-transformed-names', ...options] : []} ${keepNewer && extracts ? ['--keep-newer-files'] : []} ${exclude.map((name) => `--exclude=${withoutSlash(name)}`)} -f "$a"`;

const zipNames = ({ include, exclude }: Archive): Sh =>
  sh`${include} ${exclude.length > 0 ? ['-x', ...exclude] : []}`;

/** Defines `names`, which prints a name of the archive a line, without those that are left out; `list` does so as they are written. */
const defineNames = (archive: Archive): Sh => sh`list() {
  if [ "$kind" = zip ]; then unzip -Z1 "$a" ${zipNames(archive)}
  else tar --list --quoting-style=literal -C ${archive.dest} ${tarOptions(archive, false)} ${archive.include}; fi
}
# What --strip-components leaves nothing of has no name.
names() { list | sed -e 's/^\/*//' -e '/^$/d'; }`;

/**
 * Begins every script about an archive: `$a` is its file, `$kind` what it is; what goes wrong is said by `failed`.
 *
 * @param failed  sh of the function's body, with the text in `$1` and `$2`
 */
export const openArchive = (archive: Archive, failed: Sh): Sh =>
  joinSh([
    rawSh('failed() {'),
    failed,
    rawSh('}'),
    stage(archive.source),
    findKind,
    sh`[ -d ${archive.dest} ] || failed ${`dest '${archive.dest}' must be an existing dir`}`,
    defineNames(archive),
  ]);

/** sh that unpacks what `openArchive` opened. unzip's 1 is a warning. */
export const extractSh = (archive: Archive): Sh => sh`if [ "$kind" = zip ]; then
  status=0
  unzip -q -o ${archive.keepNewer ? ['-u'] : []} ${archive.options} "$a" ${zipNames(archive)} -d ${archive.dest} || status=$?
  [ "$status" -le 1 ] || exit "$status"
else
  tar --extract -C ${archive.dest} ${tarOptions(archive, true)} ${archive.include}
fi`;

/**
 * Output, a line each: `failed <text>` and nothing else; or `uid <own number>`, `kind <zip or tar's option>`, `entry <line of tar -tv or
 * unzip -Z>` for each thing in the archive, `crc <CRC-32> <name>` (zip), `diff <line of tar --diff>`, and of what is there
 * already `there <type> <mode> <owner> <group> <uid> <gid> <mtime> <CRC-32 or -> <name>`.
 */
const script = (archive: Archive): Sh =>
  joinSh([
    openArchive(archive, rawSh('printf "failed %s%s\\n" "$1" "$2"; exit 0')),
    sh`cd -- ${archive.dest}
said=$(list 2>&1 >/dev/null) || failed 'Unable to list files in the archive: ' "$(printf %s "$said" | tr '\n' ' ')"
echo "uid $(id -u)"
echo "kind $kind"
if [ "$kind" = zip ]; then
  TZ=UTC0 unzip -Z -T -s "$a" ${zipNames(archive)} | sed 's/^/entry /'
  unzip -v "$a" ${zipNames(archive)} | sed -n 's/^.* \([0-9a-f]\{8\}\)  \(.*\)$/crc \1 \2/p'
else
  tar --list --verbose --full-time --utc --numeric-owner --quoting-style=literal -C ${archive.dest} ${tarOptions(archive, false)} ${archive.include} | sed 's/^/entry /'
  tar --diff --quoting-style=literal -C ${archive.dest} ${tarOptions(archive, false)} ${archive.include} 2>&1 | sed 's/^/diff /'
fi
{ names; names | sed -n 's/^\([^/]*\/\).*/\1/p' | sort -u; } | while IFS= read -r n; do
  f=./\${n%/}
  [ -e "$f" ] || [ -L "$f" ] || continue
  crc=-
  if [ "$kind" = zip ] && [ -f "$f" ] && ! [ -L "$f" ]; then crc=$(gzip -1c <"$f" | tail -c 8 | od -An -N4 -tx4 --endian=little | tr -d ' '); fi
  stat --printf "there %f %a %U %G %u %g %Y $crc " -- "$f" && printf '%s\n' "$n"
done`,
  ]);

const readSeconds = 600;

/** The fact "what of an archive is not unpacked here". Every action of an earlier task taints it. */
export const unpacked = (archive: Archive, identity: Identity): FactKey<ProbeFact> => {
  const { source } = archive;
  const shown = { ...archive, source: source.type === 'sent' ? sha256(source.bytes) : source };
  const name = sha256(JSON.stringify([shown, identity])).slice(0, 16);
  return probe(`unarchive ${archive.dest} ${name}`, script(archive), identity, readSeconds);
};

/** One thing in an archive. */
export interface ArchiveEntry {
  readonly path: string;
  readonly type: 'file' | 'directory' | 'link';
  /** `rwxr-xr-x`; undefined where the archive keeps none. */
  readonly permissions: string | undefined;
  /** Seconds since 1970. */
  readonly mtime: number;
  readonly crc: string | undefined;
}

/** What is at the place of an entry. */
export interface UnpackedFile {
  readonly path: string;
  readonly type: 'file' | 'directory' | 'link' | 'other';
  readonly mode: string;
  readonly owner: string;
  readonly group: string;
  readonly uid: number;
  readonly gid: number;
  readonly mtime: number;
  readonly crc: string;
}

export interface ArchiveSeen {
  readonly failure: string | undefined;
  /** The number of the account that unpacks. */
  readonly uid: number;
  readonly kind: string;
  readonly entries: readonly ArchiveEntry[];
  /** What tar finds other, as it says it. */
  readonly differences: readonly { readonly path: string; readonly what: string }[];
  readonly there: ReadonlyMap<string, UnpackedFile>;
}

const typeOfLetter = (letter: string | undefined): ArchiveEntry['type'] => {
  if (letter === 'd') return 'directory';
  return letter === 'l' ? 'link' : 'file';
};

const tarLine = /^(\S)(\S{9})\S* \S+ +\d+(?:,\s*\d+)? (\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)\S* (.*)$/;

const zipLine = /^(\S)(\S{5,9}) +[\d.]+ +(\S+) +\d+ +\S+ +\S+ +(\d{4})(\d\d)(\d\d)\.(\d\d)(\d\d)(\d\d) (.*)$/;

const tarEntry = (line: string): ArchiveEntry | undefined => {
  const [, letter, permissions = '', day, time, name = ''] = tarLine.exec(line) ?? [];
  if (letter === undefined) return undefined;
  const path = (letter === 'l' ? name.replace(/ -> .*$/s, '') : name.replace(/ link to .*$/s, '')).replace(
    /^\/+/,
    '',
  );
  return {
    path,
    type: typeOfLetter(letter),
    permissions,
    mtime: Date.parse(`${day}T${time}Z`) / 1000,
    crc: undefined,
  };
};

const zipEntry = (line: string, crcs: ReadonlyMap<string, string>): ArchiveEntry | undefined => {
  const [, letter, permissions, system, year, month, day, hour, minute, second, path = ''] =
    zipLine.exec(line) ?? [];
  if (letter === undefined) return undefined;
  const isUnix = system === 'unx' && permissions?.length === 9;
  return {
    path,
    type: path.endsWith('/') ? 'directory' : typeOfLetter(letter),
    permissions: isUnix ? permissions : undefined,
    mtime: Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`) / 1000,
    crc: crcs.get(path),
  };
};

const differenceLine =
  /^(?:tar: )?(.*?): (?:Warning: )?(Mod time differs|Contents differ|Size differs|Mode differs|Uid differs|Gid differs|Symlink differs|File type differs|Not linked to .*)$/;

const typesByBits: Readonly<Record<string, UnpackedFile['type']>> = {
  '8': 'file',
  '4': 'directory',
  a: 'link',
};

const thereLine = /^([0-9a-f]+) ([0-7]+) (\S+) (\S+) (\d+) (\d+) (-?\d+) (\S+) (.*)$/;

const readThere = (line: string): UnpackedFile => {
  const [, bits = '', mode = '', owner = '', group = '', uid, gid, mtime, crc = '', path = ''] =
    thereLine.exec(line) ?? [];
  if (path === '')
    throw new StrangeOutput(`unexpected line about an unpacked file: ${JSON.stringify(line.slice(0, 200))}`);
  const type = typesByBits[bits.slice(0, -3)] ?? 'other';
  const numbers = { uid: Number(uid), gid: Number(gid), mtime: Number(mtime) };
  return { path, type, mode: mode.padStart(4, '0'), owner, group, ...numbers, crc };
};

/** Reads what the look printed. */
export const parseUnpacked = ({ stdout, stderr }: ProbeFact): ArchiveSeen => {
  const lines = stdout.split('\n');
  const values = (key: string): readonly string[] =>
    lines.filter((line) => line.startsWith(`${key} `)).map((line) => line.slice(key.length + 1));
  const kind = values('kind')[0] ?? '';
  const uid = values('uid')[0];
  const crcs = new Map(values('crc').map((line) => [line.slice(9), line.slice(0, 8)]));
  const failure =
    values('failed')[0] ?? (uid === undefined ? stderr.trim() || 'the archive could not be read' : undefined);
  return {
    failure,
    uid: Number(uid),
    kind,
    entries: values('entry')
      .flatMap((line) => (kind === 'zip' ? zipEntry(line, crcs) : tarEntry(line)) ?? [])
      .filter((entry) => entry.path !== ''),
    differences: values('diff').flatMap((line) => {
      const [, path, what = ''] = differenceLine.exec(line) ?? [];
      return path === undefined ? [] : [{ path: path.replace(/^\/+/, ''), what }];
    }),
    there: new Map(values('there').map((line) => [line.split(' ').slice(8).join(' '), readThere(line)])),
  };
};
