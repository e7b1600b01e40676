// SPDX-License-Identifier: MIT
/** Writes the generated tables into the documents: `npm run docs`. */
import { writeFileSync } from 'node:fs';
import { pathOf, readDocuments, renderTable } from './documents.ts';
import { withTables } from './markdown.ts';

for (const { path, text } of readDocuments()) {
  const written = withTables(text, renderTable);
  if (written === text) continue;
  writeFileSync(pathOf(path), written);
  process.stdout.write(`${path}\n`);
}
