// SPDX-License-Identifier: MIT
/** The roles of people and machines at the host. One principal has one role. */
export const ROLES = {
  operator: 'runs the host: reads all, proposes decisions, closes windows, issues cards',
  approver: 'as operator, and approves what somebody else proposed',
  auditor: 'reads all, changes nothing',
  merchant: 'reads what is its own: settlements, records, exceptions',
  terminal: 'uploads batches, asks for loads, fetches lists and parameters',
} as const;

export type RoleName = keyof typeof ROLES;

/** Who reads everything of the host. */
export const READERS = ['operator', 'approver', 'auditor'] as const satisfies readonly RoleName[];

/** Who changes something at the host. */
export const OPERATORS = ['operator', 'approver'] as const satisfies readonly RoleName[];
