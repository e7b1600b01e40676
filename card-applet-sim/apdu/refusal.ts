// SPDX-License-Identifier: MIT

const NO_DATA = new Uint8Array(0);

/**
 * A command that the card does not carry out. Handlers throw it; the dispatcher alone turns it into a
 * response. `isCounted` marks the refusals that commit a try or error counter; every other one must
 * have left the memory as it was.
 */
export class Refusal extends Error {
  readonly sw: number;
  readonly data: Uint8Array;
  readonly isCounted: boolean;

  constructor(sw: number, options: { readonly data?: Uint8Array; readonly isCounted?: true } = {}) {
    super(`status word ${sw.toString(16)}`);
    this.name = 'Refusal';
    this.sw = sw;
    this.data = options.data ?? NO_DATA;
    this.isCounted = options.isCounted ?? false;
  }
}
