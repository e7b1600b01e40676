// SPDX-License-Identifier: MIT
/** Laws of the kernel: round trips, money, time, and decoders that random bytes cannot crash. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareBytes, equalBytes } from '../../src/bytes/compare.ts';
import { concat } from '../../src/bytes/concat.ts';
import { fromHex, toHex } from '../../src/bytes/hex.ts';
import { readUint, uintBytes } from '../../src/bytes/integer.ts';
import { openAck } from '../../src/clearing/ack.ts';
import { crc32 } from '../../src/bytes/crc32.ts';
import { BatchReader } from '../../src/clearing/batch-reader.ts';
import { padMethod2 } from '../../src/crypto/padding.ts';
import { openScp03 } from '../../src/crypto/scp03.ts';
import { DecodeError, Fault } from '../../src/errors/fault.ts';
import { Defect } from '../../src/errors/invariant.ts';
import {
  decodeCommand,
  decodeResponse,
  encodeCommand,
  encodeResponse,
  type CommandApdu,
} from '../../src/iso7816/apdu.ts';
import { decodeTlv, encodeTlv, type Tlv } from '../../src/iso7816/tlv.ts';
import * as money from '../../src/money/amount.ts';
import { CURRENCIES, type CurrencyCode } from '../../src/money/currencies.table.ts';
import { formatAmount, parseAmount } from '../../src/money/decimal.ts';
import { civilTime, instantOf } from '../../src/time/civil.ts';
import { instant } from '../../src/time/instant.ts';

const bytes = (maxLength: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ maxLength });

/** Runs a decoder: it may refuse with a fault, never with anything else. */
function decodesOrRefuses(decode: () => unknown): void {
  try {
    decode();
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
  }
}

describe('bytes', () => {
  it('survive hexadecimal', () => {
    fc.assert(fc.property(bytes(40), (value) => equalBytes(fromHex(toHex(value)), value)));
  });

  it('survive integers of one to six bytes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), fc.nat({ max: 2 ** 31 - 1 }), (size, nat) => {
        const value = (nat * 131_071) % 256 ** size;
        expect(readUint(uintBytes(value, size), 0, size)).toBe(value);
      }),
    );
  });

  it('are equal exactly when they compare as zero, and ordered as their hexadecimal', () => {
    fc.assert(
      fc.property(bytes(3), bytes(3), (left, right) => {
        const order = Math.sign(compareBytes(left, right));
        expect(equalBytes(left, right)).toBe(order === 0);
        const [first, second] = [toHex(left), toHex(right)];
        expect(order).toBe(first === second ? 0 : first < second ? -1 : 1);
      }),
    );
  });

  it('are padded to whole blocks that give the data back', () => {
    fc.assert(
      fc.property(bytes(40), fc.constantFrom(8, 16), (data, blockSize) => {
        const padded = padMethod2(data, blockSize);
        expect(padded.length % blockSize).toBe(0);
        const end = padded.lastIndexOf(0x80);
        expect(padded.slice(0, end)).toEqual(data);
        expect(padded.slice(end + 1).every((byte) => byte === 0)).toBe(true);
      }),
    );
  });

  it('have another CRC-32 when any single burst of up to four bytes changes', () => {
    const burst = fc.uint8Array({ minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 8, maxLength: 90 }),
        burst,
        fc.nat(),
        (data, mask, at) => {
          fc.pre(mask.some((byte) => byte !== 0));
          const offset = at % (data.length - 4);
          const other = data.slice();
          mask.forEach((byte, index) => (other[offset + index]! ^= byte));
          expect(crc32(other, 0, other.length)).not.toBe(crc32(data, 0, data.length));
        },
      ),
    );
  });
});

const command: fc.Arbitrary<CommandApdu> = fc
  .record({
    cla: fc.nat({ max: 255 }),
    ins: fc.nat({ max: 255 }),
    p1: fc.nat({ max: 255 }),
    p2: fc.nat({ max: 255 }),
    data: fc.oneof(bytes(20), fc.uint8Array({ minLength: 250, maxLength: 260 })),
    ne: fc.oneof(fc.constantFrom(0, 1, 255, 256, 257, 65_535, 65_536), fc.nat({ max: 65_536 })),
    isExtended: fc.boolean(),
  })
  .map(({ isExtended, ...rest }) => (isExtended ? { ...rest, isExtended } : rest));

describe('APDUs', () => {
  it('decode to what was encoded', () => {
    fc.assert(
      fc.property(command, (original) => {
        const encoded = encodeCommand(original);
        const { isExtended, ...decoded } = decodeCommand(encoded);
        const { isExtended: asked, ...expected } = original;
        expect(decoded).toEqual(expected);
        expect(
          encodeCommand({ ...decoded, ...(isExtended === true ? { isExtended } : {}) }),
        ).toEqual(encoded);
        if (asked !== true && original.data.length < 256 && original.ne <= 256) {
          expect(isExtended).toBeUndefined();
        }
      }),
    );
  });

  it('are read of any bytes or refused, and what was read encodes to the same bytes', () => {
    const any = fc.tuple(bytes(4), fc.constantFrom([], [0], [0, 0], [1]), bytes(8));
    fc.assert(
      fc.property(any, ([head, middle, tail]) => {
        const raw = concat(head, Uint8Array.from(middle), tail);
        decodesOrRefuses(() => expect(encodeCommand(decodeCommand(raw))).toEqual(raw));
      }),
      { numRuns: 500 },
    );
  });

  it('of a response survive', () => {
    fc.assert(
      fc.property(bytes(20), (raw) => {
        decodesOrRefuses(() => expect(encodeResponse(decodeResponse(raw))).toEqual(raw));
        if (raw.length >= 2) expect(decodeResponse(raw).data).toHaveLength(raw.length - 2);
      }),
    );
  });
});

const primitiveTag = fc.constantFrom(
  0x01,
  0x50,
  0x84,
  0x9e,
  0x5f20,
  0x9f08,
  0x9f7f,
  0x9f8101,
  0xdfff7f,
);
const constructedTag = fc.constantFrom(0x21, 0x6f, 0xa5, 0x7f21, 0xbf0c, 0xbf8101);
const { tree } = fc.letrec<{ tree: Tlv; leaf: Tlv; template: Tlv }>((tie) => ({
  tree: fc.oneof({ maxDepth: 4, withCrossShrink: true }, tie('leaf'), tie('template')),
  leaf: fc.record({
    tag: primitiveTag,
    value: fc.oneof(bytes(12), fc.uint8Array({ minLength: 126, maxLength: 130 })),
  }),
  template: fc.record({ tag: constructedTag, children: fc.array(tie('tree'), { maxLength: 3 }) }),
}));

describe('BER-TLV data objects', () => {
  it('decode to what was encoded', () => {
    fc.assert(
      fc.property(fc.array(tree, { maxLength: 3 }), (objects) => {
        expect(decodeTlv(encodeTlv(...objects))).toEqual(objects);
      }),
    );
  });

  it('are read of any bytes or refused, and what was read encodes to the same bytes', () => {
    const likely = fc.array(
      fc.oneof(
        fc.constantFrom(0x6f, 0xa5, 0x84, 0x9f, 0x81, 0x82, 0, 1, 2, 3),
        fc.nat({ max: 255 }),
      ),
      { maxLength: 24 },
    );
    fc.assert(
      fc.property(likely, (values) => {
        const raw = Uint8Array.from(values);
        decodesOrRefuses(() => expect(encodeTlv(...decodeTlv(raw))).toEqual(raw));
      }),
      { numRuns: 1000 },
    );
  });

  it('cut short anywhere are refused inside what is there', () => {
    fc.assert(
      fc.property(tree, fc.nat(), (object, at) => {
        const whole = encodeTlv(object);
        const cut = whole.slice(0, 1 + (at % (whole.length - 1)));
        if (cut.length === whole.length) return;
        expect(() => decodeTlv(cut)).toThrow(DecodeError);
        decodesOrRefuses(() => decodeTlv(cut));
      }),
    );
  });
});

const minor = fc.oneof(fc.maxSafeNat(), fc.constantFrom(0, 1, Number.MAX_SAFE_INTEGER));
const anyMinor = fc.oneof(fc.maxSafeInteger(), fc.constantFrom(0, -1, Number.MIN_SAFE_INTEGER));

/** The value of a sum, or `defect` where it leaves what a number holds exactly. */
function orDefect(compute: () => number): number | 'defect' {
  try {
    return compute();
  } catch (error) {
    if (!(error instanceof Defect)) throw error;
    return 'defect';
  }
}

/** What the exact sum would be: the same, or a defect where it is not a safe integer. */
function exact(total: bigint, isSigned: boolean): number | 'defect' {
  const isSafe =
    total <= BigInt(Number.MAX_SAFE_INTEGER) && total >= BigInt(Number.MIN_SAFE_INTEGER);
  return isSafe && (isSigned || total >= 0n) ? Number(total) : 'defect';
}

describe('money', () => {
  it('adds and takes away exactly, or stops', () => {
    fc.assert(
      fc.property(minor, minor, (a, b) => {
        const [left, right] = [money.amount(a), money.amount(b)];
        expect(orDefect(() => money.add(left, right))).toBe(exact(BigInt(a) + BigInt(b), false));
        expect(orDefect(() => money.subtract(left, right))).toBe(
          exact(BigInt(a) - BigInt(b), false),
        );
        expect(money.difference(left, right)).toBe(a - b);
      }),
    );
  });

  it('with signs adds and takes away exactly, or stops', () => {
    fc.assert(
      fc.property(anyMinor, anyMinor, (a, b) => {
        const [left, right] = [money.signedAmount(a), money.signedAmount(b)];
        const sum = exact(BigInt(a) + BigInt(b), true);
        expect(orDefect(() => money.addSigned(left, right))).toBe(sum);
        expect(orDefect(() => money.sumSigned([left, right]))).toBe(sum);
        expect(orDefect(() => money.difference(left, right))).toBe(
          exact(BigInt(a) - BigInt(b), true),
        );
        expect(money.negate(money.negate(left))).toBe(a);
      }),
    );
  });

  it('is added in any order and grouping', () => {
    const part = fc.nat({ max: money.AMOUNT_MAX }).map(money.amount);
    fc.assert(
      fc.property(part, part, part, (a, b, c) => {
        expect(money.add(a, b)).toBe(money.add(b, a));
        expect(money.add(money.add(a, b), c)).toBe(money.add(a, money.add(b, c)));
        expect(money.sum([a, b, c])).toBe(money.add(money.add(a, b), c));
        expect(money.add(a, money.ZERO)).toBe(a);
        expect(money.subtract(money.add(a, b), b)).toBe(a);
      }),
    );
  });

  it('is never a fraction', () => {
    fc.assert(
      fc.property(fc.double(), (value) => {
        fc.pre(!Number.isSafeInteger(value));
        expect(orDefect(() => money.amount(value))).toBe('defect');
        expect(orDefect(() => money.signedAmount(value))).toBe('defect');
      }),
    );
  });

  it('is read back as it was shown, in every currency', () => {
    const codes = fc.constantFrom(...(Object.keys(CURRENCIES) as CurrencyCode[]));
    fc.assert(
      fc.property(minor, codes, (value, code) => {
        const shown = formatAmount(money.amount(value), code);
        expect(parseAmount(shown, code)).toBe(value);
        if (value > 0) expect(formatAmount(money.signedAmount(-value), code)).toBe(`-${shown}`);
      }),
    );
  });

  it('is read of any text or refused', () => {
    const text = fc.oneof(fc.string(), fc.stringMatching(/^[0-9]{0,18}[.,]?[0-9]{0,10}$/));
    fc.assert(
      fc.property(text, (value) => {
        decodesOrRefuses(() => expect(parseAmount(value, 'INR')).toBeLessThanOrEqual(2 ** 53 - 1));
      }),
    );
  });
});

describe('civil time', () => {
  it('is the instant that it was made of, to the second', () => {
    const at = fc.integer({ min: -62_135_596_800, max: 253_402_214_400 });
    fc.assert(
      fc.property(at, fc.integer({ min: -720, max: 840 }), (seconds, offset) => {
        const civil = civilTime(instant(seconds * 1000), offset);
        fc.pre(/^\d{8}$/.test(civil.date));
        expect(instantOf(civil, offset)).toBe(seconds * 1000);
      }),
    );
  });

  it('is that of the platform', () => {
    fc.assert(
      fc.property(fc.integer({ min: -62_135_596_800, max: 253_402_214_400 }), (seconds) => {
        const { date, time } = civilTime(instant(seconds * 1000), 0);
        const iso = new Date(seconds * 1000).toISOString().replace(/[-:]/g, '');
        expect(`${date}T${time}.000Z`).toBe(iso);
      }),
    );
  });
});

describe('decoders of foreign bytes', () => {
  it('never crash on a batch', () => {
    const magic = Uint8Array.of(0x4f, 0x50, 0x42, 0x01);
    fc.assert(
      fc.property(fc.boolean(), fc.array(bytes(200), { maxLength: 4 }), (isMagic, chunks) => {
        const reader = new BatchReader();
        decodesOrRefuses(() => {
          if (isMagic) reader.push(magic);
          for (const chunk of chunks) reader.push(chunk);
          reader.end();
        });
      }),
      { numRuns: 300 },
    );
  });

  it('never crash on an acknowledgement', () => {
    fc.assert(
      fc.property(fc.anything(), fc.string(), fc.string(), (anything, payload, signature) => {
        const key = new Uint8Array(32).fill(1);
        expect(() => openAck(anything, key)).toThrow(Fault);
        expect(() => openAck({ payload, signature }, key)).toThrow(Fault);
      }),
    );
  });

  it('never crash on an answer to INITIALIZE UPDATE', () => {
    const keys = { enc: new Uint8Array(16), mac: new Uint8Array(16) };
    const hostChallenge = new Uint8Array(8);
    fc.assert(
      fc.property(bytes(40), (initializeUpdateReply) => {
        const opening = { keys, hostChallenge, initializeUpdateReply, level: 0x33 } as const;
        expect(() => openScp03(opening)).toThrow(Fault);
      }),
    );
  });
});
