// SPDX-License-Identifier: MIT
/** Programs that share no code with this project use the virtual card through pcscd. */
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { atrSeen, missing, withServedCard } from './served-card.ts';

const KEY = '0123456789ABCDEFFEDCBA9876543210';
/** Debian's: the one that has pyscard. */
const PYTHON = '/usr/bin/python3';
const SCRIPT = fileURLToPath(new URL('./load_and_purchase.py', import.meta.url));

describe.skipIf(missing !== undefined)('a served card', { timeout: 180_000 }, () => {
  test('is there for opensc-tool, and again after pcscd is restarted', () =>
    withServedCard([], async ({ pcscd }) => {
      const atr = await atrSeen(pcscd);
      expect(atr).toMatch(/^3b:/);
      const list = await pcscd.run('opensc-tool', ['-l']);
      expect(list.stdout).toContain('Virtual PCD');
      const balance = ['-s', '00A4040009A00000038698070100', '-s', '805C000204'];
      const { stdout } = await pcscd.run('opensc-tool', balance);
      // The card is an AES card: it does not know the name of the 3DES purse.
      expect(stdout).toContain('SW1=0x6A, SW2=0x82');
      await pcscd.restart();
      expect(await atrSeen(pcscd)).toBe(atr);
    }));

  test('shows its ATR to pcsc_scan and its balance to scriptor', () =>
    withServedCard(['--suite', '3des'], async ({ pcscd }) => {
      const atr = (await atrSeen(pcscd)).replaceAll(':', ' ').toUpperCase();
      const scan = await pcscd.run('pcsc_scan', ['-n'], { timeoutMs: 5_000 });
      expect(scan.stdout).toContain(atr);
      const input = '00 A4 04 00 09 A0 00 00 00 03 86 98 07 01 00\n80 5C 00 02 04\n';
      const { stdout } = await pcscd.run('scriptor', [], { input });
      expect(stdout).toContain('< 00 00 00 00 90 00');
    }));

  test.each([
    ['3des', 'key, MAC and TAC of 3DES'],
    ['aes', 'key, CMAC and TAC of AES'],
  ])('of %s is loaded and charged by a pyscard script that computes every %s itself', (suite) =>
    withServedCard(['--suite', suite, '--card-key', KEY], async ({ pcscd, openpurse }) => {
      const run = await pcscd.run(PYTHON, [SCRIPT, suite, KEY, '123456'], { timeoutMs: 60_000 });
      expect(run).toEqual({ code: 0, stdout: '8750\n', stderr: '' });
      const shown = await openpurse('pos', 'balance', '--reader', '--json');
      expect(JSON.parse(shown.stdout)).toMatchObject({
        balance: 8750,
        reader: 'Virtual PCD 00 00',
        log: [
          { type: 'pursePurchase', amount: 1250 },
          { type: 'purseLoad', amount: 10000 },
        ],
      });
    }),
  );
});
