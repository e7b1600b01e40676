// SPDX-License-Identifier: MIT
import type { CardChannel } from '../../src/ports/card-channel.ts';
import { CardLineFault } from '../reader/line-fault.ts';

/**
 * A channel whose commands end: PC/SC has no time-out, and a mute card would keep the till waiting for
 * ever (docs/readers.md). A command that passes the deadline rejects with CardLineFault `mute`, its outcome
 * unknown, and so does every later one: the old command is still queued before them. An answer that comes
 * after that is not looked at.
 */
export function withDeadline(channel: CardChannel, timeoutMs: number): CardChannel {
  let isOverdue = false;
  const mute = (): CardLineFault =>
    new CardLineFault('mute', `"card" expected an answer within ${timeoutMs} ms, got none`);
  return {
    transceive(command) {
      if (isOverdue) return Promise.reject(mute());
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          isOverdue = true;
          reject(mute());
        }, timeoutMs);
        channel
          .transceive(command)
          .finally(() => {
            clearTimeout(timer);
          })
          .then(resolve, reject);
      });
    },
    close: () => channel.close(),
  };
}
