// SPDX-License-Identifier: MIT
/** Cards and SAMs in PC/SC readers, for commands: waited for, told to the user, closed at the end. */
import type { CardLine } from '../../terminal/reader/card-line.ts';
import { nameHas, PcscReaders } from '../../terminal/reader/pcsc.ts';
import type { Context } from '../context.ts';

export interface ReaderChoice {
  /** Part of a reader's name; true for any. */
  readonly filter: string | true;
  /** Part of the name of the reader with the SAM, which is never taken for a card's. */
  readonly sam?: string;
  readonly waitSeconds: number;
}

/** A card answers within a second; a contactless one may ask for more time several times. */
const DEADLINE_MS = 5000;
/** A SAM is there when the terminal starts. */
const SAM_WAIT_MS = 3000;

/** The readers of a command. */
export interface CardReaders {
  /** Waits for a card. @throws READER_NOT_FOUND, CARD_NOT_PRESENTED, CARD_GONE */
  nextCard(): Promise<CardLine>;
  /** Resolves when the card has left, or after `seconds`: the time that commands wait when left out. */
  removed(line: CardLine, seconds?: number): Promise<void>;
  /** Opens the SAM in its reader; undefined where none was chosen. @throws as `nextCard` */
  sam(): Promise<CardLine | undefined>;
}

/** Runs `work` with the readers of this machine open. @throws PCSC_UNAVAILABLE */
export async function withReaders<T>(
  { filter, sam, waitSeconds }: ReaderChoice,
  work: (readers: CardReaders) => Promise<T>,
): Promise<T> {
  const pcsc = await PcscReaders.open();
  const isCard = filter === true ? () => true : nameHas(filter);
  const isSam = sam === undefined ? undefined : nameHas(sam);
  try {
    return await work({
      nextCard: () =>
        pcsc.waitForCard({
          accepts: (name) => isCard(name) && isSam?.(name) !== true,
          timeoutMs: waitSeconds * 1000,
          deadlineMs: DEADLINE_MS,
        }),
      removed: (line, seconds = waitSeconds) => pcsc.waitForRemoval(line, seconds * 1000),
      sam: async () =>
        isSam &&
        pcsc.waitForCard({
          accepts: isSam,
          timeoutMs: SAM_WAIT_MS,
          deadlineMs: DEADLINE_MS,
        }),
    });
  } finally {
    await pcsc.close();
  }
}

/** Waits for a card and runs `work` with it. @throws PCSC_UNAVAILABLE and as `nextCard` */
export function withReaderCard<T>(
  { printer }: Context,
  choice: ReaderChoice,
  work: (line: CardLine) => Promise<T>,
): Promise<T> {
  return withReaders(choice, async (readers) => {
    printer.tell('hold the card to the reader');
    const line = await readers.nextCard();
    try {
      return await work(line);
    } finally {
      await line.channel.close();
    }
  });
}
