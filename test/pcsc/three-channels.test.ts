// SPDX-License-Identifier: MIT
/** The same sale over three lines: in process, through pcscd and nfc-pcsc, and from its own recording. */
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parseTranscript } from '../../terminal/transcript/parse-transcript.ts';
import { replay } from '../../terminal/transcript/replay.ts';
import { newCard, openInProcess, SUITE_NAMES } from '../unit/terminal/world.ts';
import { startPrivatePcscd } from './private-pcscd.ts';
import { recordSale } from './recorded-sale.ts';
import { missing } from './served-card.ts';

const PROCESS = fileURLToPath(new URL('./recorded-sale-process.ts', import.meta.url));

describe.skipIf(missing !== undefined)('a sale', { timeout: 120_000 }, () => {
  it.each(SUITE_NAMES)('to a %s card has one transcript over three lines', async (suite) => {
    const card = newCard(suite);
    const inProcess = await recordSale({ channel: openInProcess(card), atr: card.atr });

    const pcscd = await startPrivatePcscd();
    try {
      const run = await pcscd.run(process.execPath, ['--import', 'tsx', PROCESS, suite], {
        timeoutMs: 60_000,
      });
      expect(run).toEqual({ code: 0, stderr: '', stdout: inProcess });
    } finally {
      await pcscd.stop();
    }

    const recorded = replay(parseTranscript(inProcess));
    const sam = recorded.present('sam');
    expect(await recordSale(recorded.present('card'), sam.channel)).toBe(inProcess);
    expect(recorded.finish()).toMatchObject({ kind: 'complete' });
  });
});
