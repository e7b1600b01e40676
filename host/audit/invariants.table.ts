// SPDX-License-Identifier: MIT
/**
 * What must hold of the books of a host, and what it means when it does not. Each has a check of its own in
 * `checks/`. Source: docs/auditor.md, The invariants.
 */
export interface InvariantRow {
  readonly name: string;
  readonly statement: string;
  /** What a finding may mean, and what to do about it. */
  readonly meaning: string;
  readonly action: string;
}

export const INVARIANTS = {
  I1: {
    name: 'entries balance',
    statement: 'the legs of every journal entry sum to zero',
    meaning: 'money was made or lost by an entry that did not come from this program',
    action: 'stop the host; find who wrote to the database; restore a backup and compare the entry',
  },
  I2: {
    name: 'trial balance',
    statement:
      'every balance, and every balance after a posting, is the sum of the postings; all balances sum to zero',
    meaning: 'a balance was changed without an entry',
    action: 'the postings are right where I1 and I14 hold: find who changed the balance',
  },
  I3: {
    name: 'conservation',
    statement:
      'what cards, merchants and all others are owed is what is held and owed to us; the memo is apart from the books',
    meaning: 'value stands on a card that no account carries, or moved between memo and books',
    action: 'see I4 for the card, I1 for the entry',
  },
  I4: {
    name: 'cards',
    statement:
      'a card holds the newest balance that it attested: loads and overspend less purchases and gaps',
    meaning: 'the row of a card, a gap, a load or a record was changed',
    action: 'run with --full: the replay of I14 shows what the raw batches give for this card',
  },
  I5: {
    name: 'sub-ledgers',
    statement:
      'control accounts are the sums of their sub-ledgers, for each window and merchant too',
    meaning: 'a sub-ledger was changed beside the ledger, or the other way round',
    action: 'do not pay out the merchant that is named before it is explained',
  },
  I6: {
    name: 'open items',
    statement: 'what stands in a suspense account is the sum of its open items',
    meaning: 'money stands in suspense that no open item explains, or an item vanished',
    action: 'list the items with `openpurse host report`; nothing may be paid from this account',
  },
  I7: {
    name: 'uniqueness',
    statement:
      'a counter of a card, a number of a SAM and the source of an entry are posted once at most',
    meaning: 'a transaction was paid twice, or a SAM was cloned or set back',
    action: 'take back the later one; retire the terminal when it is a SAM number',
  },
  I8: {
    name: 'batch completeness',
    statement:
      'every record of a batch, in count and value, is posted, a duplicate, suspended, held or rejected, and is kept; every kept record came in a batch',
    meaning: 'evidence was lost, or written into the database by hand',
    action: 'take the batch from host/raw in again at a restored host',
  },
  I9: {
    name: 'sides',
    statement: 'no account stands on the wrong side of the chart',
    meaning:
      'somebody was paid more than was owed; or, of 1010, more has left the bank than its statements say came in',
    action:
      'the excess belongs to a receivable: 1050 of merchants, 1060 of cards; of 1010, take in the statements of the bank',
  },
  I10: {
    name: 'fee split',
    statement: 'gross less all shares is net, to the minor unit, and the ledger says the same',
    meaning: 'a settlement was changed after it was made',
    action: 'do not send its files; compare with the statement of the merchant',
  },
  I11: {
    name: 'net positions',
    statement: 'the net positions of a settlement, operator and bank among them, sum to zero',
    meaning: 'a party of a settlement was left out or paid twice',
    action: 'do not confirm its payouts',
  },
  I12: {
    name: 'keys',
    statement:
      'cards of a key version have spent no more than was loaded on them; a terminal is credited no more than cards attest',
    meaning: 'a master key has leaked, or a terminal claims what no card paid',
    action: 'replace the key version; hotlist its cards; retire the terminal',
  },
  I13: {
    name: 'safeguarding',
    statement: 'the money in the bank and on its way there covers what holders are owed',
    meaning: 'money of card holders was used for something else',
    action:
      'pay it back to the safeguarded account today and book it (bank match LINE --own-funds); report it as your licence asks',
  },
  I14: {
    name: 'evidence chain',
    statement:
      'the journal hashes as it was written, closed windows are signed, raw batches are as their terminals signed them, and replayed they give the same state',
    meaning: 'history was rewritten, or a file was damaged',
    action: 'compare with the last backup that audits clean; the raw batches are the evidence',
  },
  I15: {
    name: 'settlement files',
    statement: 'the files of a settled window, written again, are the same bytes',
    meaning: 'rows of a settled window were changed after its files went out',
    action: 'the files that went out count; find the changed row',
  },
} as const satisfies Record<string, InvariantRow>;

export type InvariantId = keyof typeof INVARIANTS;
