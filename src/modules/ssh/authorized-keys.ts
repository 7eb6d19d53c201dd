/** A line of authorized_keys; or a comment, or what nobody understands, which stays as it is. */
export interface KeyLine {
  /** As it stands there, without its end. */
  readonly text: string;
  readonly key?: PublicKey | undefined;
}

export interface PublicKey {
  /** Name and value by name; undefined: a flag. In the order they were written. */
  readonly options: readonly (readonly [name: string, value: string | undefined])[];
  readonly type: string;
  /** Base64. */
  readonly blob: string;
  readonly comment: string;
}

/** @see sshd(8), AUTHORIZED_KEYS FILE FORMAT; certificates and keys on hardware end in `@openssh.com`. */
const keyType =
  /^(?:ssh-(?:rsa|dss|ed25519|xmss@openssh\.com)|ecdsa-sha2-nistp(?:256|384|521)|rsa-sha2-(?:256|512)|(?:webauthn-)?sk-(?:ssh-ed25519|ecdsa-sha2-nistp256)@openssh\.com|[a-z0-9-]+-cert-v01@openssh\.com)$/;

/** Words with blanks between; a blank inside double quotes is part of a word. */
const wordsOf = (text: string): string[] => text.match(/(?:"(?:\\"|[^"])*"|[^\s"])+/g) ?? [];

/** Options with commas between; a comma inside double quotes is part of one. */
export const parseOptions = (text: string): PublicKey['options'] =>
  (text.match(/(?:"(?:\\"|[^"])*"|[^,"])+/g) ?? []).map((option) => {
    const at = option.indexOf('=');
    return at === -1 ? [option, undefined] : [option.slice(0, at), option.slice(at + 1)];
  });

/** undefined: the line is no key. */
export const parseKey = (line: string): PublicKey | undefined => {
  const words = wordsOf(line);
  if (line.trimStart().startsWith('#')) return undefined;
  const at = words.findIndex((word) => keyType.test(word));
  const [type, blob, ...comment] = words.slice(at);
  if (at === -1 || type === undefined || blob === undefined || !/^[A-Za-z0-9+/]+={0,2}$/.test(blob))
    return undefined;
  return { options: parseOptions(words.slice(0, at).join(' ')), type, blob, comment: comment.join(' ') };
};

export const parseKeyLines = (text: string): KeyLine[] =>
  text
    .split('\n')
    .slice(0, text.endsWith('\n') || text === '' ? -1 : undefined)
    .map((line) => ({ text: line, key: parseKey(line) }));

export const renderKey = ({ options, type, blob, comment }: PublicKey): string => {
  const written = options.map(([name, value]) => (value === undefined ? name : `${name}=${value}`)).join(',');
  return [written, type, blob, comment].filter((part) => part !== '').join(' ');
};

const optionsText = ({ options }: PublicKey): string =>
  options
    .map((option) => JSON.stringify(option))
    .sort()
    .join();

/** Whether two lines give the same, the order of their options aside. */
export const sameKey = (a: PublicKey, b: PublicKey): boolean =>
  a.type === b.type && a.blob === b.blob && a.comment === b.comment && optionsText(a) === optionsText(b);

/** Each wanted key in its place: where it stands with other options or another comment, or else at the end. */
const putKey = (lines: readonly KeyLine[], wanted: PublicKey): KeyLine[] => {
  const own = lines.filter(({ key }) => key?.blob === wanted.blob);
  if (own.length === 1 && own[0]?.key !== undefined && sameKey(own[0].key, wanted)) return [...lines];
  const kept = lines.filter(({ key }) => key?.blob !== wanted.blob);
  const at = lines.findIndex(({ key }) => key?.blob === wanted.blob);
  return kept.toSpliced(at === -1 ? kept.length : at, 0, { text: renderKey(wanted), key: wanted });
};

/** @param exclusive  nothing else stays, comments neither, and the keys come in their own order */
export const putKeys = (
  lines: readonly KeyLine[],
  wanted: readonly PublicKey[],
  exclusive: boolean,
): KeyLine[] => {
  if (!exclusive) return wanted.reduce<KeyLine[]>(putKey, [...lines]);
  const isMeant = (line: KeyLine): boolean =>
    line.key !== undefined && wanted.some(({ blob }) => blob === line.key?.blob);
  return wanted.reduce<KeyLine[]>(putKey, lines.filter(isMeant));
};

export const dropKeys = (lines: readonly KeyLine[], unwanted: readonly PublicKey[]): KeyLine[] =>
  lines.filter(({ key }) => !unwanted.some(({ blob }) => blob === key?.blob));

export const renderKeyLines = (lines: readonly KeyLine[]): string =>
  lines.map(({ text }) => `${text}\n`).join('');
