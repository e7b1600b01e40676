// SPDX-License-Identifier: MIT
/** The commands of the till and the gate at a reader: pcscd, nfc-pcsc and the served card, all real. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { missing, withServedCard } from './served-card.ts';

describe.skipIf(missing !== undefined)('at a reader', { timeout: 180_000 }, () => {
  for (const suite of ['aes', '3des']) {
    test(`a ${suite} card is loaded, charged, and taken through the gates`, () =>
      withServedCard(['--suite', suite], async (served) => {
        expect(await served.json('pos', 'load', '100', '--reader')).toMatchObject({
          outcome: 'approved',
          reader: 'Virtual PCD 00 00',
        });
        expect(await served.json('pos', 'sale', '12.50', '--reader', 'virtual')).toMatchObject({
          outcome: 'approved',
          tap: { balanceAfter: 8750, isMac2Verified: true },
        });
        expect(await served.json('pos', 'recover', '--reader')).toMatchObject({
          outcome: 'declined',
          reason: 'nothingPending',
        });
        for (const [direction, station] of [
          ['in', 'Miyapur'],
          ['out', 'Ameerpet'],
        ] as const) {
          const gate = ['gate', direction, '--station', station, '--reader'];
          expect(await served.json(...gate)).toMatchObject({ outcome: 'approved' });
        }
      }));
  }

  test('a session with a reset is recorded, and its card answers alike when it is replayed', () =>
    withServedCard([], async (served) => {
      const file = join(served.folder, 'session.txt');
      const commands = ['select aes', 'balance', 'reset', 'balance', 'select aes'];
      expect(await served.json('apdu', ...commands, '--reader', '--record', file)).toMatchObject({
        reader: 'Virtual PCD 00 00',
        commands: ['done', 'done', 'done', 'refused', 'done'].map((outcome) => ({ outcome })),
      });
      expect(await served.json('replay', file, '--reader')).toMatchObject({
        outcome: 'same',
        sent: { card: 4 },
      });
    }));

  test('a reader that is not there is named, with those that are', () =>
    withServedCard([], async (served) => {
      const { code, stderr } = await served.openpurse(
        'pos',
        'balance',
        '--reader',
        'acr122',
        '--wait',
        '1',
      );
      expect(code).not.toBe(0);
      expect(stderr).toContain('READER_NOT_FOUND');
      expect(stderr).toContain('Virtual PCD 00 00');
    }));
});
