// SPDX-License-Identifier: MIT
import { terminalOf } from './batch-files.ts';

/** Terminals that send at the same time. */
const IN_FLIGHT = 8;

/**
 * Sends batch files in their order, several terminals at a time; a terminal waits for the answer to one
 * batch before it sends the next. `onDone` gets the ms from the first byte to the answer.
 */
export async function sendInTurn(
  files: readonly string[],
  send: (file: string) => Promise<void>,
  onDone: (file: string, milliseconds: number) => void,
): Promise<void> {
  const waiting = [...files];
  const busy = new Map<string, Promise<void>>();
  const start = async (file: string, terminal: string): Promise<void> => {
    const from = performance.now();
    await send(file);
    onDone(file, performance.now() - from);
    busy.delete(terminal);
  };
  while (waiting.length > 0 || busy.size > 0) {
    const isFree = busy.size < IN_FLIGHT;
    const index = isFree ? waiting.findIndex((file) => !busy.has(terminalOf(file))) : -1;
    const [file] = index < 0 ? [] : waiting.splice(index, 1);
    if (file === undefined) await Promise.race(busy.values());
    else busy.set(terminalOf(file), start(file, terminalOf(file)));
  }
}
