// SPDX-License-Identifier: MIT
/** Runs inside the namespace of a private pcscd: records the sale over PC/SC and prints the transcript. */
import { connectVpcd } from '../../card-applet-sim/transport/vpcd.ts';
import { PcscReaders } from '../../terminal/reader/pcsc.ts';
import { newCard } from '../unit/terminal/world.ts';
import { recordSale } from './recorded-sale.ts';

const card = newCard(process.argv[2] === 'tdes' ? 'tdes' : 'aes');
const line = connectVpcd(card, { reconnectMs: 200 });
const readers = await PcscReaders.open();
process.stdout.write(
  await recordSale(
    await readers.waitForCard({ accepts: () => true, timeoutMs: 20_000, deadlineMs: 5_000 }),
  ),
);
await readers.close();
await line.stop();
