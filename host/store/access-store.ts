// SPDX-License-Identifier: MIT
/** People, keys of terminals, the audit log. */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type
export interface AccessStore {}
