// SPDX-License-Identifier: MIT
/** Access: people, terminals' keys and the audit log. */
export const ACCESS_TABLES = '';
