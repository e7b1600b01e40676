// SPDX-License-Identifier: MIT
/** The checkers of the city by name, with what each says. One file each beside this one. */
export const CHECKS = {
  conservation: 'cards, what is in flight and the ledger carry the same money',
  cardTruth:
    "the host's view of a card is what the card's own history makes of the records that it has",
  postedOnce: 'no purchase is in the books twice, and none that was proven is missing',
  counters: 'counters of cards and SAMs and sequences of terminals only grow',
  ledger: 'every entry sums to zero, and so does the trial balance',
  journal: 'every debit of a card is in the journal of the terminal that made it',
  files: 'the files of a settlement window say what the ledger says',
  audit: 'the auditor finds nothing that nobody put there',
  defect: 'no invariant of the product stops it',
} as const;

export type CheckName = keyof typeof CHECKS;
