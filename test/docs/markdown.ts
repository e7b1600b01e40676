// SPDX-License-Identifier: MIT
/** Tables in Markdown, and the markers in documents between which they stand. */

/** A table; cells may hold `|`, which is escaped. */
export function markdownTable(
  heading: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(heading), line(heading.map(() => '---')), ...rows.map(line)].join('\n');
}

/** `code`, or nothing for nothing. */
export function code(text: string): string {
  return text === '' ? '' : `\`${text}\``;
}

/** `12,345`. */
export function grouped(value: number): string {
  return value.toLocaleString('en-US');
}

/** Two hexadecimal digits, or more where the number needs them. */
export function hex(value: number, digits = 2): string {
  return value.toString(16).toUpperCase().padStart(digits, '0');
}

const MARKED = /<!-- table: ([a-z0-9-]+) -->\n[\s\S]*?<!-- \/table -->/g;

/** The names of the tables that a document has places for. */
export function markedTables(document: string): readonly string[] {
  return [...document.matchAll(MARKED)].map(([, name = '']) => name);
}

/** The document with every marked table rendered anew. */
export function withTables(document: string, render: (name: string) => string): string {
  return document.replaceAll(
    MARKED,
    (_, name: string) => `<!-- table: ${name} -->\n${render(name)}\n<!-- /table -->`,
  );
}
