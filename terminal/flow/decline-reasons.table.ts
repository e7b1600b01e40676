// SPDX-License-Identifier: MIT
/**
 * Why a tap is declined. In every case no value left the card by it. In the order in which the flow
 * checks. The words are for the cardholder: a till or a gate may show them.
 */
export const DECLINE_REASONS = {
  terminalOutOfService: 'this terminal is out of service',
  cardUnknown: 'this card has no purse that the terminal knows',
  cardBlocked: 'the card is blocked',
  cardUnusable: 'the card gave an answer that the terminal cannot go on from',
  cardReadOnly: 'this card can be read here, not charged',
  nothingPending: 'there is nothing to find out about this card',
  notDebited: 'the card proved that the earlier tap did not charge it',
  hotlisted: 'the card is on the hotlist',
  cardNotGenuine: 'the card failed to prove itself before',
  cardNotYetValid: 'the card is not valid yet',
  cardExpired: 'the card has expired',
  amountTooLarge: 'the amount is more than a card can carry',
  overTapLimit: 'the amount is above the limit of one tap',
  overDayAmount: 'the card has reached its amount for today',
  overDayCount: 'the card has reached its number of taps for today',
  hotlistTooOld: 'the hotlist is too old for this amount',
  wrongPin: 'the PIN is wrong',
  pinBlocked: 'the PIN is blocked',
  pinRequired: 'the card asks for its PIN',
  insufficientBalance: 'the balance is not enough',
  balanceTooHigh: 'the balance would exceed what the card may hold',
  counterExhausted: 'the card has used up its transaction numbers',
  keyNotSupported: 'the card does not have the key that the terminal asked for',
  purseLocked: 'the purse or its record is locked by an unfinished transaction',
  macRefused: 'the card did not accept the authentication of the terminal or the host',
  cardRefused: 'the card refused the transaction',
  hostUnreachable: 'the host did not answer',
  hostRefused: 'the host refused',
  alreadyEntered: 'the card entered here a moment ago',
  missingExit: 'the last trip has no exit',
  noEntry: 'the card has no entry',
  wrongAgency: 'the trip began at another operator',
  noFare: 'there is no fare for this trip',
} as const satisfies Record<string, string>;

export type DeclineReason = keyof typeof DECLINE_REASONS;
