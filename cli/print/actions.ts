// SPDX-License-Identifier: MIT
import type { ActionsPerformed } from '../../terminal/flow/actions.ts';

const WORDS = { done: 'DONE', failed: 'FAILED', waiting: 'WAITING' } as const;

/** What became of the actions of a card. */
export function performedLines({ actions, serial }: ActionsPerformed): readonly string[] {
  if (actions.length === 0) return [`nothing waits for card ${serial}`];
  return actions.map(({ kind, action, detail }) => {
    const what = action.kind === 'message' ? `message to the holder: ${action.text}` : action.kind;
    return `${WORDS[kind]}  ${what}, card ${serial}: ${detail}`;
  });
}
