// SPDX-License-Identifier: MIT
/**
 * Runs inside the namespace of a private pcscd: the virtual card behind vpcd, a terminal that reaches it
 * through nfc-pcsc, and every tear of a purchase between them. Prints the matrix as JSON.
 */
import { connectVpcd } from '../../card-applet-sim/transport/vpcd.ts';
import type { SuiteName } from '../../src/purse/suite.ts';
import type { CardLine } from '../../terminal/reader/card-line.ts';
import { PcscReaders } from '../../terminal/reader/pcsc.ts';
import { runTearMatrix } from '../scenario/tear-matrix.ts';

const suite: SuiteName = process.argv[2] === 'tdes' ? 'tdes' : 'aes';
const readers = await PcscReaders.open();
const matrix = await runTearMatrix(suite, (card) => {
  let isOut = false;
  let last: CardLine | undefined;
  const line = connectVpcd(card, {
    reconnectMs: 200,
    onEvent({ kind }) {
      if (kind === 'disconnected') isOut = true;
    },
  });
  return Promise.resolve({
    async present() {
      // A card that is back before the reader's next poll was never away for pcscd, which then talks to
      // a card that it has not given power.
      if (isOut && last !== undefined) await readers.waitForRemoval(last, 5_000);
      isOut = false;
      line.insert();
      last = await readers.waitForCard({
        accepts: () => true,
        timeoutMs: 20_000,
        deadlineMs: 5_000,
      });
      return last.channel;
    },
    end: () => line.stop(),
  });
});
process.stdout.write(JSON.stringify(matrix));
await readers.close();
