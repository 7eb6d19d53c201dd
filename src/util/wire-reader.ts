/**
 * Reads the fields of SSH's wire format, one after another. All methods throw RangeError where a field goes beyond the end.
 *
 * @see RFC 4251, 5
 */
export class WireReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** How many bytes were read. */
  get at(): number {
    return this.#at;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  uint32(): number {
    const value = this.#bytes.readUInt32BE(this.#at);
    this.#at += 4;
    return value;
  }

  uint64(): bigint {
    const value = this.#bytes.readBigUInt64BE(this.#at);
    this.#at += 8;
    return value;
  }

  string(): Buffer {
    const start = this.#at + 4;
    const end = start + this.#bytes.readUInt32BE(this.#at);
    if (end > this.#bytes.length) throw new RangeError('a field goes beyond the end');
    this.#at = end;
    return this.#bytes.subarray(start, end);
  }

  /** A number that is not negative, without the zeros before it. */
  natural(): Buffer {
    const value = this.string();
    if ((value[0] ?? 0) >= 0x80) throw new RangeError('a number is negative');
    let zeros = 0;
    while (value[zeros] === 0) zeros += 1;
    return value.subarray(zeros);
  }

  /** Strings up to the end. */
  strings(): readonly Buffer[] {
    const found: Buffer[] = [];
    while (!this.isAtEnd) found.push(this.string());
    return found;
  }
}
