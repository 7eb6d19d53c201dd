import { type FileFact, type FileType, justWritten } from '../facts/files.ts';
import type { Identity } from '../model/fact.ts';
import { unknownId } from './file-attributes.ts';

/** Modes of what is made under the script's umask of 022. */
const usualModes: Partial<Readonly<Record<FileType, string>>> = {
  file: '0644',
  directory: '0755',
  link: '0777',
};

/** SHA-256 of nothing. */
const emptySha256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/** The fact of something that the account has only just made: its own, with the usual mode, empty. */
export const freshFile = (type: FileType, { user = 'root' }: Identity): FileFact => {
  const id = user === 'root' ? 0 : unknownId;
  return {
    type,
    mode: usualModes[type] ?? '0644',
    owner: user,
    group: user,
    uid: id,
    gid: id,
    sizeBytes: 0,
    mtime: justWritten,
    inode: 0,
    links: 1,
    sha256: type === 'file' ? emptySha256 : '',
    target: '',
  };
};
