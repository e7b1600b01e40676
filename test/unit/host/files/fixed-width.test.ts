// SPDX-License-Identifier: MIT
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeFixed } from '../../../../host/files/fixed-width/decode.ts';
import { encodeFixed } from '../../../../host/files/fixed-width/encode.ts';
import { fixedLayout, type FixedFile } from '../../../../host/files/fixed-width/layout.ts';
import { PAYOUT_PROFILE } from '../../../../host/files/fixed-width/payout-profile.table.ts';

const header = {
  window: 7,
  businessDate: '20260202',
  currency: 'CNY',
  payer: '城市一卡通',
  payerAccount: '6222020200112233',
};
const detail = {
  line: 1,
  endToEndId: '7-SHOP',
  account: '6222020200998877',
  holder: '张三茶铺',
  bic: '',
  amount: 12_345,
};
const file: FixedFile = { header, details: [detail], trailer: {} };
const UTF8 = { ...PAYOUT_PROFILE, encoding: 'utf8' } as const;
const LINES = { header: 122 + 2, detail: 164 + 2, trailer: 36 + 2 };

/** The file with some bytes of it replaced by others. */
function patched(offset: number, text: string): Uint8Array {
  const bytes = encodeFixed(PAYOUT_PROFILE, file);
  bytes.set(Buffer.from(text, 'latin1'), offset);
  return bytes;
}

describe('a fixed-width file', () => {
  it('counts bytes of GBK, two for a Chinese character', () => {
    const bytes = encodeFixed(PAYOUT_PROFILE, file);
    expect(bytes).toHaveLength(LINES.header + LINES.detail + LINES.trailer);
    const line = Buffer.from(bytes).subarray(LINES.header, LINES.header + LINES.detail);
    expect(line.subarray(0, 9).toString()).toBe('D00000001');
    // U+5F20 U+4E09 U+8336 U+94FA in GBK.
    expect(line.subarray(78, 86).toString('hex')).toBe('d5c5c8fdb2e8c6cc');
    expect(line.subarray(149, 166).toString()).toBe('000000000012345\r\n');
  });

  it('proves its details in the trailer: count, sum and hash total', () => {
    const details = [detail, { ...detail, line: 2, account: 'AB-900000002', amount: 55 }];
    const bytes = encodeFixed(PAYOUT_PROFILE, { ...file, details });
    // 200998877 + 900000002
    expect(Buffer.from(bytes).toString('latin1').slice(-LINES.trailer)).toBe(
      'T00000002000000000012400001100998879\r\n',
    );
  });

  it.each([
    ['holder', 'Söhne', /"detail\[1\]\.holder" expected characters of GBK/],
    ['holder', '茶'.repeat(31), /"detail\[1\]\.holder" expected at most 60 bytes in GBK/],
    ['holder', 'a\r\nD', /"detail\[1\]\.holder" expected no control characters/],
    ['holder', 'Ltd ', /"detail\[1\]\.holder" expected no space at the end/],
    ['holder', 5, /"detail\[1\]\.holder" expected text, got 5/],
    ['amount', 1e15, /"detail\[1\]\.amount" expected at most 15 digits/],
    ['amount', -1, /"detail\[1\]\.amount" expected a whole number, zero or more, got -1/],
    ['amount', 0.5, /"detail\[1\]\.amount" expected a whole number/],
    ['amuont', 1, /"detail\[1\]\.amuont" expected a field of the layout/],
  ])('refuses in the field %s the value %j', (name, value, message) => {
    const details = [{ ...detail, [name]: value }];
    expect(() => encodeFixed(PAYOUT_PROFILE, { ...file, details })).toThrow(message);
  });

  it.each([
    ['another constant', 1, 'OPPAY002', 'header.format', 1],
    ['letters in a number', 9, 'x', 'header.window', 9],
    ['half a character', LINES.header + 78, '\xd5 ', 'detail[1].holder', LINES.header + 78],
    ['a line end that is none', 122, '\n\n', 'header', 122],
    ['another amount', LINES.header + 163, '9', 'trailer.total', LINES.header + LINES.detail + 9],
    ['another account', LINES.header + 59, '8', 'trailer.hashTotal', 314],
  ])('finds %s, and where', (...row) => {
    const [, offset, text, path, at] = row;
    expect(() => decodeFixed(PAYOUT_PROFILE, patched(offset, text))).toThrow(
      expect.objectContaining({ code: 'DECODE_FAILED', path, offset: at }) as Error,
    );
  });

  it('refuses a file that ends within a line', () => {
    const bytes = encodeFixed(PAYOUT_PROFILE, file);
    expect(() => decodeFixed(PAYOUT_PROFILE, bytes.subarray(0, -1))).toThrow(
      /"payouts" at byte 0 expected 124 \+ n × 166 \+ 38 bytes, got 327/,
    );
  });

  it.each([PAYOUT_PROFILE, UTF8])('comes back as it was written, in $encoding', (layout) => {
    const trimmed = (unit: fc.Arbitrary<string>, maxLength: number): fc.Arbitrary<string> =>
      fc.string({ unit, maxLength }).map((text) => text.replace(/ +$/, ''));
    const ascii = fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code));
    const chinese = fc
      .integer({ min: 0x4e00, max: 0x9fa5 })
      .map((code) => String.fromCharCode(code));
    const line = fc.record({
      line: fc.nat(99_999_999),
      endToEndId: trimmed(ascii, 35),
      account: trimmed(ascii, 34),
      holder: trimmed(fc.oneof(ascii, chinese), 20),
      bic: trimmed(ascii, 11),
      amount: fc.nat(2 ** 31),
    });
    fc.assert(
      fc.property(fc.array(line, { maxLength: 5 }), (details) => {
        const written = encodeFixed(layout, { ...file, details });
        expect(decodeFixed(layout, written)).toEqual({ ...file, details });
      }),
    );
  });

  it('is not declared with a hole, an overlap or a total of nothing', () => {
    const field = PAYOUT_PROFILE.trailer[1]!;
    const declare = (changed: object) => () =>
      fixedLayout({ ...PAYOUT_PROFILE, trailer: [{ ...field, start: 1, ...changed }] });
    expect(declare({ start: 2 })).toThrow(
      /"payouts\.trailer\.count" expected to start at 1, got 2/,
    );
    expect(declare({ kind: { type: 'sum', of: 'x' } })).toThrow(/field of the details, got "x"/);
    expect(declare({ length: 16 })).toThrow(/expected at most 15 digits, got 16/);
  });
});
