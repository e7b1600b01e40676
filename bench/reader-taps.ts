// SPDX-License-Identifier: MIT
/**
 * `openpurse bench reader`: what a terminal adds to the time that a card in a reader takes. Both are
 * measured in the same taps: the time inside `transceive` of the line to the card is the reader's and the
 * card's, everything else of the tap is the terminal's, its SAM and its fsynced journal included.
 */
import { Fault } from '../src/errors/fault.ts';
import { amount } from '../src/money/amount.ts';
import type { CardChannel } from '../src/ports/card-channel.ts';
import type { Terminal } from '../terminal/terminal.ts';

export interface ReaderBenchResult {
  readonly taps: number;
  readonly apdusPerTap: number;
  readonly transmitMs: Spread;
  readonly terminalMs: Spread;
  /** Median of the terminal's time over the transmit time of the same tap. */
  readonly ratioToTransmit: number;
}

interface Spread {
  readonly p50: number;
  readonly p99: number;
}

/** The smallest sale there is: one minor unit. */
const PRICE = amount(1);

/** Charges the card `taps` times. @throws CARD_UNUSABLE when a sale is not approved */
export async function benchReader(
  terminal: Terminal,
  taps: number,
  open: () => Promise<CardChannel>,
  onTap: (done: number) => void,
): Promise<ReaderBenchResult> {
  const transmits: number[] = [];
  const terminals: number[] = [];
  let apdus = 0;
  for (let tap = 0; tap < taps; tap++) {
    const channel = await open();
    let transmit = 0;
    const timed: CardChannel = {
      async transceive(command) {
        apdus++;
        const start = performance.now();
        try {
          return await channel.transceive(command);
        } finally {
          transmit += performance.now() - start;
        }
      },
      close: () => channel.close(),
    };
    const start = performance.now();
    const { kind } = await terminal.purchase(timed, PRICE);
    const total = performance.now() - start;
    await channel.close();
    if (kind !== 'approved') {
      throw new Fault('CARD_UNUSABLE', `"sale ${tap + 1}" expected approved, got ${kind}`);
    }
    transmits.push(transmit);
    terminals.push(total - transmit);
    onTap(tap + 1);
  }
  const ratios = terminals.map((own, index) => own / (transmits[index] ?? 1));
  return {
    taps,
    apdusPerTap: Math.round(apdus / taps),
    transmitMs: spread(transmits),
    terminalMs: spread(terminals),
    ratioToTransmit: Math.round(quantile(ratios, 0.5) * 1000) / 1000,
  };
}

function spread(values: readonly number[]): Spread {
  const rounded = (share: number): number => Math.round(quantile(values, share) * 100) / 100;
  return { p50: rounded(0.5), p99: rounded(0.99) };
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
