// SPDX-License-Identifier: MIT
/** What the environment may set for properties: `SEED` finds a failure again, `RUNS` looks for longer. */
export const SEED = Number(process.env['SEED'] ?? 20260203);

/** How often a property is tried. */
export function runs(usual: number): number {
  return Number(process.env['RUNS'] ?? usual);
}
