/**
 * Bytes put together from pieces, in one buffer that doubles: a host may send them one by one, and a chain of a million pieces would
 * take a hundred times their room.
 *
 * @param bound  what comes behind it is let go; bytes
 */
export const createCollectedBytes = (bound = Number.POSITIVE_INFINITY) => {
  let buffer = new Uint8Array();
  let length = 0;
  return {
    add(piece: Uint8Array): void {
      const kept = piece.subarray(0, Math.max(0, bound - length));
      const needed = length + kept.length;
      if (needed > buffer.length) {
        const larger = new Uint8Array(Math.max(needed, 2 * buffer.length));
        larger.set(buffer.subarray(0, length));
        buffer = larger;
      }
      buffer.set(kept, length);
      length = needed;
    },
    text: (): string => new TextDecoder().decode(buffer.subarray(0, length)),
  };
};
