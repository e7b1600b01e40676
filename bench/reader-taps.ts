// SPDX-License-Identifier: MIT
/**
 * `openpurse bench reader`: what a terminal adds to the time that a card in a reader takes. Both are
 * measured in the same taps: the time inside `transceive` of the line to the card is the reader's and the
 * card's, everything else of the tap is the terminal's, its SAM and its fsynced journal included. Most of
 * that is the disk's: between the taps, as many raw writes are flushed, and their time is printed beside.
 */
import { closeSync, fdatasyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { Fault } from '../src/errors/fault.ts';
import { amount } from '../src/money/amount.ts';
import type { CardChannel } from '../src/ports/card-channel.ts';
import type { Terminal } from '../terminal/terminal.ts';

export interface ReaderBenchResult {
  readonly taps: number;
  readonly apdusPerTap: number;
  readonly transmitMs: Spread;
  readonly terminalMs: Spread;
  /** FLUSHES_PER_TAP raw writes of a block, each flushed, on the disk of the terminal. */
  readonly flushesMs: Spread;
  /** Median of the terminal's time over the transmit time of the same tap. */
  readonly ratioToTransmit: number;
}

interface Spread {
  readonly p50: number;
  readonly p99: number;
}

/** The smallest sale there is: one minor unit. */
const PRICE = amount(1);

/** The SAM's counter, and the journal before DEBIT and after it. */
export const FLUSHES_PER_TAP = 3;
const BLOCK = new Uint8Array(4096);

export interface ReaderBenchOptions {
  readonly taps: number;
  /** A new file on the disk of the terminal; removed at the end. */
  readonly probeFile: string;
  readonly open: () => Promise<CardChannel>;
  readonly onTap: (done: number) => void;
}

/** Charges the card `taps` times. @throws CARD_UNUSABLE when a sale is not approved */
export async function benchReader(
  terminal: Terminal,
  { taps, probeFile, open, onTap }: ReaderBenchOptions,
): Promise<ReaderBenchResult> {
  const probe = openSync(probeFile, 'wx');
  const runs: TapTimes[] = [];
  const flushes: number[] = [];
  try {
    for (let tap = 1; tap <= taps; tap++) {
      runs.push(await timedTap(terminal, tap, await open()));
      flushes.push(timedFlushes(probe));
      onTap(tap);
    }
  } finally {
    closeSync(probe);
    rmSync(probeFile);
  }
  const ratios = runs.map(({ own, transmit }) => own / transmit);
  const apdus = runs.reduce((sum, run) => sum + run.apdus, 0);
  return {
    taps,
    apdusPerTap: Math.round(apdus / taps),
    transmitMs: spread(runs.map(({ transmit }) => transmit)),
    terminalMs: spread(runs.map(({ own }) => own)),
    flushesMs: spread(flushes),
    ratioToTransmit: Math.round(quantile(ratios, 0.5) * 1000) / 1000,
  };
}

/** Milliseconds of one tap. */
interface TapTimes {
  readonly transmit: number;
  readonly own: number;
  readonly apdus: number;
}

async function timedTap(
  terminal: Terminal,
  number: number,
  channel: CardChannel,
): Promise<TapTimes> {
  let apdus = 0;
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
    throw new Fault('CARD_UNUSABLE', `"sale ${number}" expected approved, got ${kind}`);
  }
  return { transmit, own: total - transmit, apdus };
}

function timedFlushes(descriptor: number): number {
  const start = performance.now();
  for (let flush = 0; flush < FLUSHES_PER_TAP; flush++) {
    writeSync(descriptor, BLOCK, 0, BLOCK.length, 0);
    fdatasyncSync(descriptor);
  }
  return performance.now() - start;
}

function spread(values: readonly number[]): Spread {
  const rounded = (share: number): number => Math.round(quantile(values, share) * 100) / 100;
  return { p50: rounded(0.5), p99: rounded(0.99) };
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
