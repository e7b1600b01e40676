// SPDX-License-Identifier: MIT
/** What the tabulator key offers. */
import { commandNames, rowOf } from './plan-line.ts';

/** The words that may stand at the end of `line`, and the part of them that is typed already. */
export function complete(line: string): [string[], string] {
  const words = line.trimStart().split(/\s+/);
  const typed = words.at(-1) ?? '';
  const [name = ''] = words;
  const offered =
    words.length === 1 ? commandNames() : (rowOf(name)?.arguments[words.length - 2]?.choices ?? []);
  const start = typed.toLowerCase();
  return [
    offered.filter((word) => word.toLowerCase().startsWith(start)).map((word) => `${word} `),
    typed,
  ];
}
