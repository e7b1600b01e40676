// SPDX-License-Identifier: MIT
/** What people proposed, approved and noted of exceptions. */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type
export interface DeskStore {}
