// SPDX-License-Identifier: MIT
/** The desk: what people proposed, approved and noted of exceptions. */
export const DESK_TABLES = '';
