// SPDX-License-Identifier: MIT
/**
 * Operations that the host wants done when a card is next seen. `needsHost`: whether the terminal must be
 * online while it does them, because a key of the card takes part.
 */
export const ACTIONS = {
  block: {
    needsHost: true,
    meaning: 'APPLICATION BLOCK: the purse answers 6A81 until it is unblocked',
  },
  refund: { needsHost: true, meaning: 'a load of what is owed to the holder' },
  message: { needsHost: false, meaning: 'a text that is shown to the cardholder once' },
} as const satisfies Record<string, { needsHost: boolean; meaning: string }>;

/** The name of a kind of action. */
export type ActionKind = keyof typeof ACTIONS;
