/** Whoever may write or enter may read, and nobody may do what those nearer to the file may not. */
const isUsual = (bits: number): boolean => {
  const [owner = 0, group = 0, other = 0] = [bits >> 6, bits >> 3, bits].map((shifted) => shifted & 7);
  const mayRead = [owner, group, other].every((rights) => rights === 0 || rights === 1 || (rights & 4) !== 0);
  return mayRead && (owner & 4) !== 0 && (group & ~owner) === 0 && (other & ~group) === 0;
};

/**
 * The mode that a number out of a variable means. YAML has made 420 of a `0644` that somebody wrote there, as Ansible reads it; a
 * `644` is 01204, and such modes nobody wants.
 *
 * @returns four octal digits; undefined where the number is no mode or looks like one whose leading 0 was forgotten
 */
export const modeOfNumber = (number: number): string | undefined => {
  if (!Number.isInteger(number) || number < 0 || number > 0o7777 || !isUsual(number)) return undefined;
  // 500 is the one such slip that makes a usual mode (0764).
  return number === 500 ? undefined : number.toString(8).padStart(4, '0');
};
