// SPDX-License-Identifier: MIT

/** A mistake of ours, found by an assertion. Nobody catches it: the process ends. */
export class Defect extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'Defect';
  }
}

/** Assertions stay on in production: an unbalanced entry must stop us, not be posted. */
export function invariant(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Defect(message);
}
