/** Time and inode of a file, as its fact prints them. @see src/facts/files.ts */
const timeAndInode = /\0(\d{10})(\.\d{9})\0(\d+)\0/g;

/**
 * What a host prints that nobody else does: times and inodes of files, and process numbers. Nothing that is shared between
 * hosts may hang on those. Its files are older than the recorded ones, so what was started after them still was.
 *
 * @param stdout  as recorded @param host  its number, from 0; 0 is the recorded one
 */
export const unlikeOthers = (stdout: string, host: number): string => {
  let count = 0;
  const text = stdout.replaceAll(timeAndInode, (_, seconds: string, fraction: string, inode: string) => {
    count += 1;
    return `\0${Number(seconds) - 60 * host}${fraction}\0${Number(inode) + 1000 * host}\0`;
  });
  if (count === 0 && stdout.includes(' facts file\n'))
    throw new Error('no times of files in what was recorded; src/facts/files.ts was changed');
  return text.replaceAll(/^MainPID=([1-9]\d*)$/gm, (_, pid: string) => `MainPID=${Number(pid) + host}`);
};
