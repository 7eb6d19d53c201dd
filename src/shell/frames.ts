/**
 * How a script's output is told apart from its own marks. A mark is a record separator (0x1e), a nonce that is new
 * for every script, words, and a newline:
 *
 *     ␞<nonce> start 3\n
 *
 * It may follow any byte, since a program's output need not end in a newline. Output cannot forge it without
 * guessing 128 random bits.
 */
const separator = 0x1e;

export interface FrameHandlers {
  /** Bytes between marks, as they come. */
  onBytes(bytes: Uint8Array): void;
  onMark(words: readonly string[]): void;
}

/** Longest mark; more bytes without a newline are a program's own 0x1e. The holder of a lock and the path of a folder fit. */
const longestMark = 8192;

const indexOfPair = (bytes: Uint8Array, nonce: Uint8Array): number => {
  for (let at = bytes.indexOf(separator); at !== -1; at = bytes.indexOf(separator, at + 1)) {
    const length = Math.min(nonce.length, bytes.length - at - 1);
    let same = 0;
    while (same < length && bytes[at + 1 + same] === nonce[same]) same += 1;
    if (same === length) return at;
  }
  return -1;
};

const concat = (first: Uint8Array, second: Uint8Array): Uint8Array => {
  if (first.length === 0) return second;
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
};

/**
 * Splits one stream of a script (standard output or standard error) into marks and the bytes between them.
 *
 * @returns a function to feed chunks to; `end` gives what is left
 */
export const createFrameReader = (nonce: string, handlers: FrameHandlers) => {
  const nonceBytes = new TextEncoder().encode(`${nonce} `);
  let rest: Uint8Array = new Uint8Array();
  const emit = (bytes: Uint8Array): void => {
    if (bytes.length > 0) handlers.onBytes(bytes);
  };
  const feed = (chunk: Uint8Array): void => {
    rest = concat(rest, chunk);
    for (;;) {
      const start = indexOfPair(rest, nonceBytes);
      if (start === -1) break;
      emit(rest.subarray(0, start));
      rest = rest.subarray(start);
      const end = rest.indexOf(0x0a);
      if (end === -1 && rest.length <= longestMark) return;
      if (end === -1 || end > longestMark) {
        emit(rest.subarray(0, 1));
        rest = rest.subarray(1);
        continue;
      }
      const line = new TextDecoder().decode(rest.subarray(1 + nonceBytes.length, end));
      rest = rest.subarray(end + 1);
      handlers.onMark(line.split(' '));
    }
    emit(rest);
    rest = new Uint8Array();
  };
  const end = (): void => {
    emit(rest);
    rest = new Uint8Array();
  };
  return { feed, end };
};
