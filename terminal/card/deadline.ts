// SPDX-License-Identifier: MIT
import { Fault } from '../../src/errors/fault.ts';
import type { CardChannel } from '../../src/ports/card-channel.ts';

/**
 * A channel whose commands end: PC/SC has no time-out, and a mute card would keep the till waiting for
 * ever (docs/readers.md). A command that passes the deadline rejects with CARD_GONE, its outcome unknown,
 * and so does every later one: the old command is still queued before them.
 */
export function withDeadline(channel: CardChannel, timeoutMs: number): CardChannel {
  let isOverdue = false;
  const gone = (): Fault =>
    new Fault('CARD_GONE', `"card" expected an answer within ${timeoutMs} ms, got none`);
  return {
    transceive(command) {
      if (isOverdue) return Promise.reject(gone());
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          isOverdue = true;
          reject(gone());
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
