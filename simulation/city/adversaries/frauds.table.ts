// SPDX-License-Identifier: MIT
/** What adversaries of the city do, and by what each is found. Names are those of scenarios and reports. */
export const FRAUDS = {
  clone: {
    meaning: 'a card is copied; holder and thief pay with the same purse, apart',
    foundBy: 'a fork, two chains or spending beyond the loads of this card',
  },
  rollback: {
    meaning: 'a card is set back to an image from before it paid',
    foundBy: 'a rollback, a fork or spending beyond the loads of this card',
  },
  constantMac: {
    meaning: 'a card that answers every debit with the same MAC and TAC, and keeps its money',
    foundBy: 'the SAM refuses the MAC: the terminal sets the tap aside',
  },
  replay: {
    meaning: 'a merchant sends records once more that were paid, in a new batch',
    foundBy: 'the host answers duplicate',
  },
  forgedTac: {
    meaning: 'a merchant makes up a purchase of a real card, with a TAC of its own',
    foundBy: 'the TAC is wrong',
  },
  alteredAmount: {
    meaning: 'a merchant raises the amount of a true record before it is sent',
    foundBy: 'the TAC is wrong',
  },
  stolenTerminal: {
    meaning: 'a terminal is stolen with its SAM and goes on taking money',
    foundBy: 'its purchases after it was reported wait for a person',
  },
  inflatedClaim: {
    meaning: 'a merchant claims more than its terminals sent',
    foundBy: 'the claim differs from what cards proved',
  },
  databaseEdit: {
    meaning: "somebody with access raises a balance in the host's database",
    foundBy: 'the audit of that night',
  },
  leakedCardKey: {
    meaning: 'the keys of one card leak: its holder loads it without the host',
    foundBy: 'a load that nobody authorised, or spending beyond the loads of this card',
  },
  leakedMasterKey: {
    meaning: 'master keys leak: cards appear that the issuer never made',
    foundBy: 'a valid TAC of a card that was never issued',
  },
} as const satisfies Record<string, { readonly meaning: string; readonly foundBy: string }>;

export type FraudName = keyof typeof FRAUDS;
