// SPDX-License-Identifier: MIT
/** A terminal of the data folder and its host: batches up, messages both ways. */
import type { BatchAck, HostLink } from '../../src/clearing/messages.ts';
import type { SyncOutcome } from '../../terminal/sync/synchronise.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { counted } from '../print/printer.ts';

/** A terminal that was brought up to date, and the batches that the host asked for. */
export interface Synchronised {
  readonly terminal: string;
  readonly sync: SyncOutcome;
}

/** Closes a batch and sends every one that is open; each answer goes to `acks` as it comes. */
export async function sendBatches(
  terminal: Terminal,
  link: HostLink,
  acks: BatchAck[],
): Promise<void> {
  terminal.closeBatch();
  for (const number of terminal.openBatches()) {
    acks.push((await terminal.uploadBatch(number, link)).ack);
  }
}

/** Synchronises a terminal; what the host wants again, and is here, is sent. */
export async function synchronise(
  terminal: Terminal,
  link: HostLink,
  acks: BatchAck[],
): Promise<Synchronised> {
  const sync = await terminal.sync(link);
  if (sync.wanted.length > 0) await sendBatches(terminal, link, acks);
  return { terminal: terminal.config.terminalId, sync };
}

const HOTLIST_WORDS: Readonly<Record<SyncOutcome['hotlistBy'], string>> = {
  current: 'unchanged',
  delta: 'by difference',
  full: 'whole',
};

/** What a synchronisation came to, as people read it. */
export function synchronisedLines({ terminal, sync }: Synchronised): readonly string[] {
  const { hotlist, hotlistBy, parameters, openActions, clockOffsetMs } = sync;
  const seconds = Math.round(Math.abs(clockOffsetMs) / 1000);
  const clock = sync.isClockRight
    ? `clock ${seconds === 0 ? 'right' : `adjusted by ${seconds} s`}`
    : `CLOCK WRONG by ${seconds} s: set it`;
  const range = ({ from, to }: { from: number; to: number }): string => `${from} to ${to}`;
  return [
    `terminal ${terminal}${sync.standing === 'active' ? '' : `, ${sync.standing.toUpperCase()}: takes no card`}`,
    `  hotlist version ${hotlist.version} (${HOTLIST_WORDS[hotlistBy]}), ${counted(hotlist.count, 'card')}; parameters ${parameters === 0 ? 'its own' : `version ${parameters}`}; ${counted(openActions, 'action')} waiting; ${clock}`,
    ...(sync.wanted.length > 0
      ? [`  sent again: records ${sync.wanted.map(range).join(', ')}`]
      : []),
    ...(sync.gone.length > 0
      ? [`  asked for and gone: records ${sync.gone.map(range).join(', ')}`]
      : []),
  ];
}
