/** One line of a .list file. */
export interface SourceLine {
  /** It is (or, behind a `#`, was) a source: `deb …`, `deb-src …`. */
  readonly isSource: boolean;
  readonly isEnabled: boolean;
  /** The source with single blanks between its words. */
  readonly source: string;
  /** What stands behind a `#` after it. */
  readonly comment: string;
}

const types: ReadonlySet<string> = new Set(['deb', 'deb-src']);

/** Reads a line as Ansible's module does: a `#` at the beginning switches a source off. */
export const parseSourceLine = (written: string): SourceLine => {
  const trimmed = written.trim();
  const isEnabled = !trimmed.startsWith('#');
  const line = isEnabled ? trimmed : trimmed.slice(1);
  const at = line.indexOf('#');
  const comment = at > 0 ? line.slice(at + 1).trim() : '';
  const words = (at > 0 ? line.slice(0, at) : line).split(/\s+/).filter((word) => word !== '');
  const isSource = types.has(words[0] ?? '');
  return { isSource, isEnabled, source: words.join(' '), comment };
};

/** The name that Ansible gives to the file of a source: of its address, without protocol and login. */
export const fileNameOf = (source: string): string => {
  const [address = ''] = source
    .replaceAll(/\[[^\]]+\]/g, '')
    .replaceAll(/\w+:\/\//g, '')
    .split(/\s+/)
    .filter((word) => word !== '' && !types.has(word));
  const plain = address.slice(address.indexOf('@') + 1);
  return plain
    .split(/[^a-zA-Z0-9]+/)
    .filter((word) => word !== '')
    .join('_');
};

/** The source as a line of a file. */
export const renderSourceLine = ({ source, comment }: SourceLine): string =>
  comment === '' ? `${source}\n` : `${source} # ${comment}\n`;
