/**
 * Numbers and texts in few bytes, exactly. Every number is a varint whose two lowest bits say what it is, because most numbers of a
 * run are small counts, milliseconds with at most three decimals, or instants near the start of the run.
 */
const PLAIN = 0;
const THOUSANDTHS = 1;
const NEAR_BASE = 2;
const DOUBLE = 3;
/** Largest whole number that is packed as a varint; four times it (and its sign) stays exact in a double. */
const LARGEST = 2 ** 49;
/** Instants closer than this to the base (about 12 days) are packed as a distance. */
const NEAR = 2 ** 30;

/** Bytes as text, one character each: crosses to the storage thread as one copy, where a typed array would cost several objects. */
export type Latin1 = string;

export class Packer {
  #bytes = Buffer.allocUnsafe(4_096);
  #end = 0;
  #base: number;

  /** `base` is an instant that many numbers are close to. */
  constructor(base: number) {
    this.#base = Math.trunc(base);
  }

  /** Empties the packer for another record. */
  reset(base: number): void {
    this.#base = Math.trunc(base);
    this.#end = 0;
  }

  number(value: number): void {
    if (Number.isSafeInteger(value) && !Object.is(value, -0)) this.#whole(value);
    else this.#fraction(value);
  }

  text(value: string): void {
    const size = Buffer.byteLength(value);
    this.#varint(size);
    this.#room(size);
    this.#end += this.#bytes.write(value, this.#end);
  }

  take(): Latin1 {
    return this.#bytes.toString('latin1', 0, this.#end);
  }

  #fraction(value: number): void {
    const thousandths = Math.round(value * 1_000);
    const isExact = thousandths !== 0 && Math.abs(thousandths) < LARGEST && thousandths / 1_000 === value;
    if (isExact) this.#varint(zigzag(thousandths) * 4 + THOUSANDTHS);
    else this.#double(value);
  }

  #whole(value: number): void {
    const distance = value - this.#base;
    if (Math.abs(distance) < NEAR && Math.abs(value) > NEAR) this.#varint(zigzag(distance) * 4 + NEAR_BASE);
    else if (Math.abs(value) < LARGEST) this.#varint(zigzag(value) * 4 + PLAIN);
    else this.#double(value);
  }

  #double(value: number): void {
    this.#room(9);
    this.#bytes[this.#end] = DOUBLE;
    this.#end = this.#bytes.writeDoubleLE(value, this.#end + 1);
  }

  #varint(value: number): void {
    this.#room(8);
    let rest = value;
    while (rest >= 128) {
      this.#bytes[this.#end++] = (rest % 128) + 128;
      rest = Math.floor(rest / 128);
    }
    this.#bytes[this.#end++] = rest;
  }

  #room(size: number): void {
    if (this.#end + size <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#end + size));
    this.#bytes.copy(larger, 0, 0, this.#end);
    this.#bytes = larger;
  }
}

export class Unpacker {
  readonly #bytes: Buffer;
  readonly #base: number;
  #at = 0;

  constructor(bytes: Buffer, base: number) {
    this.#bytes = bytes;
    this.#base = Math.trunc(base);
  }

  number(): number {
    if (this.#bytes[this.#at] === DOUBLE) {
      this.#at += 9;
      return this.#bytes.readDoubleLE(this.#at - 8);
    }
    const packed = this.#varint();
    const value = unzigzag(Math.floor(packed / 4));
    switch (packed % 4) {
      case PLAIN:
        return value;
      case THOUSANDTHS:
        return value / 1_000;
      case NEAR_BASE:
        return value + this.#base;
      default:
        throw new RangeError(`A packed number is damaged at byte ${this.#at}`);
    }
  }

  text(): string {
    const size = this.#varint();
    this.#at += size;
    if (this.#at > this.#bytes.length) throw new RangeError(`A packed text of ${size} bytes reaches beyond its record`);
    return this.#bytes.toString('utf8', this.#at - size, this.#at);
  }

  #varint(): number {
    let value = 0;
    let factor = 1;
    for (;;) {
      const byte = this.#bytes[this.#at];
      if (byte === undefined || factor > 2 ** 56)
        throw new RangeError(`A packed number is cut off at byte ${this.#at}`);
      this.#at += 1;
      value += (byte % 128) * factor;
      if (byte < 128) return value;
      factor *= 128;
    }
  }
}

/** Small magnitudes become small numbers whatever their sign. */
function zigzag(value: number): number {
  return value < 0 ? -value * 2 - 1 : value * 2;
}

function unzigzag(value: number): number {
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}
