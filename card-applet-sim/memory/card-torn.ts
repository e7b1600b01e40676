// SPDX-License-Identifier: MIT

/**
 * The card lost power: it answers nothing until it is powered up again. Whoever holds the card turns
 * this into what its side of the line sees: an empty response, a closed socket, a removed card.
 */
export class CardTorn extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'CardTorn';
  }
}
