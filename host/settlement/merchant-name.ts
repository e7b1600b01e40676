// SPDX-License-Identifier: MIT

/** Names of merchants, and of parties that share in fees. */
export const MERCHANT_NAME = /^[A-Za-z0-9._-]{1,32}$/;
