// SPDX-License-Identifier: MIT
import { fileURLToPath } from 'node:url';
import { describe, it } from 'vitest';
import { expectMoneyRight } from '../scenario/tear-matrix-check.ts';
import type { TearMatrix } from '../scenario/tear-matrix.ts';
import { startPrivatePcscd } from './private-pcscd.ts';
import { missing } from './served-card.ts';

const PROCESS = fileURLToPath(new URL('./tear-matrix-process.ts', import.meta.url));

describe.skipIf(missing !== undefined)('through pcscd and nfc-pcsc', { timeout: 300_000 }, () => {
  it.each(['aes', 'tdes'])('a %s card torn at any APDU of a purchase pays once', async (suite) => {
    const pcscd = await startPrivatePcscd();
    try {
      const args = ['--import', 'tsx', PROCESS, suite];
      const { stdout, stderr } = await pcscd.run(process.execPath, args, { timeoutMs: 240_000 });
      if (stdout === '') throw new Error(`the matrix expected JSON, got nothing: ${stderr}`);
      // Printed by the process above.
      expectMoneyRight(JSON.parse(stdout) as TearMatrix);
    } finally {
      await pcscd.stop();
    }
  });
});
