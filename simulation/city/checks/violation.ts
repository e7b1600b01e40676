// SPDX-License-Identifier: MIT
import type { CheckName } from './check.ts';

/** What a checker found to be otherwise than it must be. The run ends there. */
export class Violation extends Error {
  readonly check: CheckName;
  readonly subject: string;
  readonly expected: string;
  readonly found: string;

  constructor(
    check: CheckName,
    matter: { readonly subject: string; readonly expected: string; readonly found: string },
  ) {
    super(`${check}: ${matter.subject} expected ${matter.expected}, found ${matter.found}`);
    this.name = 'Violation';
    this.check = check;
    this.subject = matter.subject;
    this.expected = matter.expected;
    this.found = matter.found;
  }
}
