// SPDX-License-Identifier: MIT
import type { CardChannel } from '../../src/ports/card-channel.ts';
import { CardLineFault } from '../reader/line-fault.ts';

/**
 * What `work` resolves to, if it does so in time. PC/SC has no time-out, and a mute card would keep the
 * till waiting for ever (docs/readers.md). What comes after the time is not looked at.
 * @throws CardLineFault `mute` after the time; what `work` rejects with.
 */
export async function within<T>(timeoutMs: number, work: Promise<T>, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const overdue = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      const message = `"card" expected ${what} within ${timeoutMs} ms, got none`;
      reject(new CardLineFault('mute', message));
    }, timeoutMs);
  });
  try {
    return await Promise.race([work, overdue]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * A channel whose commands end. A command that passes the deadline rejects with CardLineFault `mute`, its
 * outcome unknown, and so does every later one: the old command is still queued before them.
 */
export function withDeadline(channel: CardChannel, timeoutMs: number): CardChannel {
  let overdue: CardLineFault | undefined;
  return {
    async transceive(command) {
      if (overdue !== undefined) throw overdue;
      try {
        return await within(timeoutMs, channel.transceive(command), 'an answer');
      } catch (error) {
        // PC/SC's own time-outs have its number, and leave nothing queued.
        const isOurs = error instanceof CardLineFault && error.pcscCode === undefined;
        if (isOurs && error.kind === 'mute') overdue = error;
        throw error;
      }
    },
    close: () => channel.close(),
  };
}
