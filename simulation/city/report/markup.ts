// SPDX-License-Identifier: MIT
/**
 * Markup of the report. Whatever stands in a template is escaped unless it is markup already, so that a
 * station, a scenario or a finding cannot bring markup of its own into the page.
 */
import { escapeHtml } from '../../../host/files/html-text.ts';

export interface Markup {
  readonly markup: string;
}

type Part = Markup | string | readonly Markup[];

const written = (part: Part): string => {
  if (typeof part === 'string') return escapeHtml(part);
  return 'markup' in part ? part.markup : part.map(({ markup }) => markup).join('\n');
};

/** The tag of all templates here. */
export function markup(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  const text = strings.map((string, index) => {
    const part = parts[index];
    return part === undefined ? string : string + written(part);
  });
  return { markup: text.join('') };
}

/** What was made as markup by us or by the library of charts, never what came with a result. */
export function trustedMarkup(text: string): Markup {
  return { markup: text };
}

export const NOTHING: Markup = { markup: '' };

/** A title alone is a column of text. */
export type Column = string | { readonly number: string };

/** A phone has no room for more columns: there, each row becomes a block of its own. */
const PHONE_COLUMNS = 4;

/** The first cell of a row names the row. */
export function table(columns: readonly Column[], rows: readonly (readonly Part[])[]): Markup {
  const title = (column: Column): string => (typeof column === 'object' ? column.number : column);
  const kind = (column: Column = ''): Markup =>
    typeof column === 'object' ? markup` class="number"` : NOTHING;
  const isStacked = columns.length > PHONE_COLUMNS;
  const named = (column: Column = ''): Markup =>
    isStacked ? markup` data-column="${title(column)}"` : NOTHING;
  const head = columns.map(
    (column) => markup`<th scope="col"${kind(column)}>${title(column)}</th>`,
  );
  const cell = (part: Part, index: number): Markup =>
    index === 0
      ? markup`<th scope="row">${part}</th>`
      : markup`<td${kind(columns[index])}${named(columns[index])}>${part}</td>`;
  const body = rows.map((row) => markup`<tr>${row.map(cell)}</tr>`);
  const stacks = isStacked ? markup` class="stacks"` : NOTHING;
  return markup`<div class="scroll"><table${stacks}>
<thead><tr>${head}</tr></thead>
<tbody>
${body}
</tbody>
</table></div>`;
}

/** A number that the reader must not miss. */
export function judged(text: string, isGood: boolean): Markup {
  return isGood ? markup`<b class="good">${text}</b>` : markup`<b class="bad">${text}</b>`;
}

/** A section with an anchor, a heading and one sentence on how to read it. */
export function section(id: string, title: string, content: readonly Markup[]): Markup {
  return markup`<section id="${id}">
<h2>${title}</h2>
${content}
</section>`;
}
