// SPDX-License-Identifier: MIT
/** Holders, accounts, lots, deposits, replacements. */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type
export interface IssuingStore {}
