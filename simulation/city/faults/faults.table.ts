// SPDX-License-Identifier: MIT
/**
 * What goes wrong in the field without anybody's ill will. Names are those of scenarios and reports. `per`
 * says what the rate of a scenario counts: taps, batches, or days of a terminal or of the host.
 */
export const FAULTS = {
  cardTorn: { per: 'tap', meaning: 'the card leaves the field at a command or inside a write' },
  responseLost: { per: 'tap', meaning: 'the card has done its work and its answer is lost' },
  muteCard: { per: 'tap', meaning: 'the card falls silent at a command that it has not got' },
  lateCard: { per: 'tap', meaning: 'the card works and answers after the deadline' },
  powerCut: {
    per: 'tap',
    meaning: 'the terminal loses power before or after a write of its journal',
  },
  linkDown: { per: 'terminalDay', meaning: 'a terminal does not reach the host for days' },
  lateSync: {
    per: 'terminalDay',
    meaning: 'a terminal sends batches and keeps its old hotlist for days',
  },
  clockJump: { per: 'terminalDay', meaning: "a terminal's clock jumps by up to five minutes" },
  terminalReset: {
    per: 'terminalDay',
    meaning: 'a terminal loses its journal, what it has not sent with it',
  },
  terminalSwap: {
    per: 'terminalDay',
    meaning: 'a terminal is replaced; the old one sends its last batch days later',
  },
  samReplaced: {
    per: 'terminalDay',
    meaning: 'a terminal gets another SAM, and with it another number',
  },
  batchLost: { per: 'batch', meaning: 'a batch is lost on its way; the terminal sends it again' },
  ackLost: { per: 'batch', meaning: 'the answer is lost; the terminal sends the batch again' },
  batchDelayed: { per: 'batch', meaning: 'a batch lies about and arrives after later ones' },
  batchTruncated: { per: 'batch', meaning: 'the end of a batch is cut off' },
  batchCorrupted: { per: 'batch', meaning: 'one byte of a batch is another one' },
  batchRecut: {
    per: 'batch',
    meaning: 'the records of a batch come again in two batches of other numbers',
  },
  hostKilled: { per: 'hostDay', meaning: 'the host dies at a call of its store and starts again' },
  hostRestored: {
    per: 'hostDay',
    meaning: "the host's disk is lost at night; a backup and the raw batches take its place",
  },
  cardLost: {
    per: 'hostDay',
    meaning: 'a holder loses a card; it is listed, and found or replaced later',
  },
  keyRotation: { per: 'hostDay', meaning: 'a new key version: new SAMs first, then new cards' },
} as const satisfies Record<
  string,
  { readonly per: 'batch' | 'hostDay' | 'tap' | 'terminalDay'; readonly meaning: string }
>;

export type FaultName = keyof typeof FAULTS;
