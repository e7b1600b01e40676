// SPDX-License-Identifier: MIT
/**
 * The DES block cipher. Source: FIPS 46-3: IP, E, S1 to S8, P (page 10 to 18), PC-1, PC-2 and the shifts
 * (pages 19 to 21).
 * 1. The block is permuted by IP and split into L and R.  2. Sixteen rounds: L, R = R, L ⊕ P(S(E(R) ⊕ K)).
 * 3. R ‖ L is permuted by the inverse of IP. Decryption takes the round keys from the last to the first.
 *
 * Why not OpenSSL: a handle of `node:crypto` costs more than the few blocks of a purse's MAC, and a
 * purchase makes eight of them. The tests compare every function with OpenSSL's.
 */

const PC1 = [
  57, 49, 41, 33, 25, 17, 9, 1, 58, 50, 42, 34, 26, 18, 10, 2, 59, 51, 43, 35, 27, 19, 11, 3, 60,
  52, 44, 36, 63, 55, 47, 39, 31, 23, 15, 7, 62, 54, 46, 38, 30, 22, 14, 6, 61, 53, 45, 37, 29, 21,
  13, 5, 28, 20, 12, 4,
];
const PC2 = [
  14, 17, 11, 24, 1, 5, 3, 28, 15, 6, 21, 10, 23, 19, 12, 4, 26, 8, 16, 7, 27, 20, 13, 2, 41, 52,
  31, 37, 47, 55, 30, 40, 51, 45, 33, 48, 44, 49, 39, 56, 34, 53, 46, 42, 50, 36, 29, 32,
];
const SHIFTS = [1, 1, 2, 2, 2, 2, 2, 2, 1, 2, 2, 2, 2, 2, 2, 1];
const P = [
  16, 7, 20, 21, 29, 12, 28, 17, 1, 15, 23, 26, 5, 18, 31, 10, 2, 8, 24, 14, 32, 27, 3, 9, 19, 13,
  30, 6, 22, 11, 4, 25,
];

/** S1 to S8, row by row, a hexadecimal digit each. */
const S = [
  'E4D12FB83A6C59070F74E2D1A6CB953841E8D62BFC973A50FC8249175B3EA06D',
  'F18E6B34972DC05A3D47F28EC01A69B50E7BA4D158C6932FD8A13F42B67C05E9',
  'A09E63F51DC7B428D709346A285ECBF1D6498F30B12C5AE71AD069874FE3B52C',
  '7DE3069A1285BC4FD8B56F03472C1AE9A690CB7DF13E52843F06A1D8945BC72E',
  '2C417AB6853FD0E9EB2C47D150FA3986421BAD78F9C5630EB8C71E2D6F09A453',
  'C1AF92680D34E75BAF427C9561DE0B389EF528C3704A1DB6432C95FABE17608D',
  '4B2EF08D3C975A61D0B7491AE35C2F8614BDC37EAF6805926BD814A7950FE23C',
  'D2846FB1A93E50C71FD8A374C56B0E927B419CE206ADF35821E74A8DFC90356B',
];

const BOXES = 8;
const ROUNDS = 16;

/** S and P in one: what six bits of a box add to the output of the round function, 64 words a box. */
const SP: Uint32Array = Uint32Array.from({ length: 64 * BOXES }, (_, index) => {
  const box = index >> 6;
  const six = index & 63;
  // The outer bits choose the row, the inner four the column.
  const row = ((six >> 4) & 2) | (six & 1);
  const digit = S[box]?.charAt(16 * row + ((six >> 1) & 15)) ?? '';
  const output = Number.parseInt(digit, 16) << (28 - 4 * box);
  return P.reduce((word, from, to) => word | (((output >>> (32 - from)) & 1) << (31 - to)), 0);
});

/**
 * PC-1, the shifts and PC-2 in one: for each bit of a key the places of the schedule that it goes to, as
 * 64 × (8 × round + box) + the bit within the box.
 */
const PLACES: readonly (readonly number[])[] = placesOfKeyBits();

function placesOfKeyBits(): number[][] {
  const places: number[][] = Array.from({ length: 64 }, () => []);
  let turned = 0;
  for (const [round, shift] of SHIFTS.entries()) {
    turned += shift;
    for (const [index, from] of PC2.entries()) {
      // C and D, 28 bits each, have been turned left by so much.
      const half = from <= 28 ? 0 : 28;
      const bit = PC1[half + ((from - 1 - half + turned) % 28)] ?? 0;
      const box = BOXES * round + Math.floor(index / 6);
      places[bit - 1]?.push(64 * box + (32 >> (index % 6)));
    }
  }
  return places;
}

/** Six bits per box and round, in the order of encryption. */
export type DesSchedule = Uint8Array;

/** The round keys of a key of 8 bytes; its parity bits are ignored. */
export function desSchedule(key: Readonly<Uint8Array>): DesSchedule {
  const schedule = new Uint8Array(ROUNDS * BOXES);
  for (let bit = 0; bit < 64; bit++) {
    if ((((key[bit >> 3] ?? 0) << (bit & 7)) & 0x80) === 0) continue;
    for (const place of PLACES[bit] ?? []) {
      schedule[place >> 6] = (schedule[place >> 6] ?? 0) | (place & 63);
    }
  }
  return schedule;
}

/** Encrypts (`step` 1) or decrypts (`step` -1) the two words of a block in place. */
export function desBlock(schedule: DesSchedule, words: Int32Array, step: -1 | 1): void {
  let l = words[0] ?? 0;
  let r = words[1] ?? 0;
  // IP, as exchanges of bit groups between the halves.
  let t = ((l >>> 4) ^ r) & 0x0f0f0f0f;
  r ^= t;
  l ^= t << 4;
  t = ((l >>> 16) ^ r) & 0xffff;
  r ^= t;
  l ^= t << 16;
  t = ((r >>> 2) ^ l) & 0x33333333;
  l ^= t;
  r ^= t << 2;
  t = ((r >>> 8) ^ l) & 0xff00ff;
  l ^= t;
  r ^= t << 8;
  t = ((l >>> 1) ^ r) & 0x55555555;
  r ^= t;
  l ^= t << 1;
  const first = step === 1 ? 0 : (ROUNDS - 1) * BOXES;
  for (let round = 0; round < ROUNDS; round++) {
    const next = l ^ roundFunction(schedule, first + step * round * BOXES, r);
    l = r;
    r = next;
  }
  // R ‖ L, then the inverse of IP: the same exchanges backwards.
  t = ((r >>> 1) ^ l) & 0x55555555;
  l ^= t;
  r ^= t << 1;
  t = ((l >>> 8) ^ r) & 0xff00ff;
  r ^= t;
  l ^= t << 8;
  t = ((l >>> 2) ^ r) & 0x33333333;
  r ^= t;
  l ^= t << 2;
  t = ((r >>> 16) ^ l) & 0xffff;
  l ^= t;
  r ^= t << 16;
  t = ((r >>> 4) ^ l) & 0x0f0f0f0f;
  l ^= t;
  r ^= t << 4;
  words[0] = r;
  words[1] = l;
}

/** What the box `box` makes of six bits of the turned R. */
function substitute(box: number, six: number, key: number | undefined): number {
  return SP[64 * box + ((six & 63) ^ (key ?? 0))] ?? 0;
}

/** P(S(E(R) ⊕ K)): E gives each box its four bits and the neighbour on either side. */
function roundFunction(schedule: DesSchedule, key: number, r: number): number {
  // Bit 32 comes first, so that the six bits of a box lie together.
  const e = (r >>> 1) | (r << 31);
  return (
    substitute(0, e >>> 26, schedule[key]) |
    substitute(1, e >>> 22, schedule[key + 1]) |
    substitute(2, e >>> 18, schedule[key + 2]) |
    substitute(3, e >>> 14, schedule[key + 3]) |
    substitute(4, e >>> 10, schedule[key + 4]) |
    substitute(5, e >>> 6, schedule[key + 5]) |
    substitute(6, e >>> 2, schedule[key + 6]) |
    substitute(7, (e << 2) | (e >>> 30), schedule[key + 7])
  );
}
