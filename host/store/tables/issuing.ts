// SPDX-License-Identifier: MIT
/** Issuing: holders, accounts, card lots, deposits, replacements. */
export const ISSUING_TABLES = '';
