// SPDX-License-Identifier: MIT

/**
 * An open line to a card or a secure module.
 *
 * `transceive` sends one command APDU and resolves to the response APDU, status word last.
 * A response under two bytes means that the outcome is unknown: the card may have done the work.
 * It rejects with the fault CARD_GONE when the line is closed or the card has left the field; then too
 * the outcome of that command is unknown. A channel never repeats a command by itself.
 */
export interface CardChannel {
  transceive(command: Uint8Array): Promise<Uint8Array>;
  close(): Promise<void>;
}
