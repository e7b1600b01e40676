// SPDX-License-Identifier: MIT

const NO_DATA = new Uint8Array(0);

/**
 * A command that the card does not carry out. Handlers throw it; the dispatcher alone turns it into a
 * response. `isCounted` marks the refusals that commit a try or error counter; every other one must
 * have left the memory as it was. It is an answer, not an error: a stack trace for each would cost more
 * than the command.
 */
export class Refusal {
  readonly sw: number;
  readonly data: Uint8Array;
  readonly isCounted: boolean;

  constructor(sw: number, options: { readonly data?: Uint8Array; readonly isCounted?: true } = {}) {
    this.sw = sw;
    this.data = options.data ?? NO_DATA;
    this.isCounted = options.isCounted ?? false;
  }
}
