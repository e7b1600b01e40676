// SPDX-License-Identifier: MIT
/** Whatever bytes arrive, card and SAM answer a status word of the table and keep their memory. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toHex } from '../../src/bytes/hex.ts';
import { CARD_COMMANDS } from '../../src/purse/card-commands.table.ts';
import { PURSE_COMMANDS } from '../../src/purse/purse-commands.table.ts';
import { SAM_COMMANDS } from '../../src/purse/sam-commands.table.ts';
import { statusWordMeaning } from '../../src/iso7816/status-words.table.ts';
import { CONSTANTS_ADDRESS } from '../../card-applet-sim/card/card-map.ts';
import { PSAM_CONSTANTS_ADDRESS } from '../../card-applet-sim/psam/psam-map.ts';
import { issueCard, SUITE_NAMES, visibleData } from '../unit/card/card-fixtures.ts';
import { issuePsam } from '../unit/card/psam-fixtures.ts';

const byte = fc.nat(255);
const anyByte = (value: number | null): fc.Arbitrary<number> =>
  value === null ? byte : fc.oneof({ weight: 6, arbitrary: fc.constant(value) }, byte);

function bodyOf(data: Uint8Array, le: number | null, lie: number): readonly number[] {
  const lc = data.length === 0 ? [] : [(data.length + lie) & 0xff];
  return [...lc, ...data, ...(le === null ? [] : [le])];
}

const body = fc
  .tuple(
    fc.uint8Array({ maxLength: 60 }),
    fc.option(byte),
    fc.oneof({ weight: 8, arbitrary: fc.constant(0) }, byte),
  )
  .map(([data, le, lie]) => bodyOf(data, le, lie));

const extended = fc
  .tuple(fc.nat(300), fc.option(fc.nat(0xffff)))
  .map(([size, le]) => [
    ...[0, size >> 8, size & 0xff],
    ...new Uint8Array(size),
    ...(le === null ? [] : [le >> 8, le & 0xff]),
  ]);

/** Headers of real commands with any body, and any bytes at all. */
function commands(
  rows: readonly { cla: number | null; ins: number; p1: number | null }[],
): fc.Arbitrary<Uint8Array> {
  const known = fc
    .constantFrom(...rows)
    .chain(({ cla, ins, p1 }) =>
      fc
        .tuple(
          anyByte(cla),
          fc.constant(ins),
          anyByte(p1),
          fc.oneof(fc.constantFrom(0, 1, 2), byte),
          fc.oneof(body, extended),
        )
        .map(([first, second, third, fourth, rest]) =>
          Uint8Array.from([first, second, third, fourth, ...rest]),
        ),
    );
  return fc.oneof({ weight: 9, arbitrary: known }, fc.uint8Array({ maxLength: 300 }));
}

const CARD_ROWS = [
  ...Object.values(CARD_COMMANDS).flatMap(({ cla, claSecured, ins, p1 }) => [
    { cla, ins, p1 },
    { cla: claSecured, ins, p1 },
  ]),
  ...Object.values(PURSE_COMMANDS),
];

/** VERIFY and CHANGE PIN take a try off; nothing else can be got right by chance. */
const VERIFY = 0x20;
const CHANGE_PIN = 0x5e;

function expectStatus(response: Uint8Array): number {
  expect(response.length).toBeGreaterThanOrEqual(2);
  const sw = ((response.at(-2) ?? 0) << 8) | (response.at(-1) ?? 0);
  expect(statusWordMeaning(sw), toHex(response)).not.toBe('unknown status word');
  return sw;
}

describe('garbage', () => {
  it.each(SUITE_NAMES)('leaves a card of the %s suite whole', (suite) => {
    fc.assert(
      fc.property(fc.array(commands(CARD_ROWS), { minLength: 1, maxLength: 40 }), (sent) => {
        const card = issueCard(suite, {
          initial: { purseBalance: 1 << 30, depositBalance: 1 << 30 },
        });
        for (const command of sent) {
          const before = visibleData(card, CONSTANTS_ADDRESS);
          const sw = expectStatus(card.process(command));
          const isCounted = command[1] === VERIFY || command[1] === CHANGE_PIN;
          if (isCounted && sw >> 4 === 0x63c) continue;
          expect(visibleData(card, CONSTANTS_ADDRESS), toHex(command)).toBe(before);
        }
      }),
      { numRuns: 250 },
    );
  });

  it('leaves a SAM whole but for its counters', () => {
    const rows = Object.values(SAM_COMMANDS);
    fc.assert(
      fc.property(fc.array(commands(rows), { minLength: 1, maxLength: 40 }), (sent) => {
        const psam = issuePsam('aes');
        for (const command of sent) {
          const before = visibleData(psam, PSAM_CONSTANTS_ADDRESS);
          const sw = expectStatus(psam.process(command));
          const isInitialized = command[1] === 0x70 && sw === 0x9000;
          if (isInitialized || sw === 0x9302) continue;
          expect(visibleData(psam, PSAM_CONSTANTS_ADDRESS), toHex(command)).toBe(before);
        }
      }),
      { numRuns: 250 },
    );
  });

  it('neither keeps nor changes the bytes of a command', () => {
    const card = issueCard('aes');
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (command) => {
        const copy = command.slice();
        card.process(command);
        expect(command).toEqual(copy);
      }),
      { numRuns: 300 },
    );
  });
});
