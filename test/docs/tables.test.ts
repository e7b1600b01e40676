// SPDX-License-Identifier: MIT
/** The generated tables in the documents are those of the source; what a document names is there. */
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  anchorOf,
  citations,
  DOC_TABLES,
  headings,
  internalLinks,
  isInRepository,
  namedFiles,
  pathOf,
  readDocuments,
  renderTable,
  sourceFiles,
  type Document,
} from './documents.ts';
import { markedTables, withTables } from './markdown.ts';

const DOCUMENTS = readDocuments();
const BY_PATH = new Map(DOCUMENTS.map((document) => [document.path, document]));

const hasPlace = (document: Document, anchor: string): boolean =>
  headings(document.text).some((heading) => anchorOf(heading) === anchor);

describe.each(DOCUMENTS)('$path', (document) => {
  it('has the tables of the source: `npm run docs` writes them', () => {
    expect(document.text).toBe(withTables(document.text, renderTable));
  });

  it('has markers in pairs', () => {
    const opened = document.text.match(/<!-- table: /g)?.length ?? 0;
    const closed = document.text.match(/<!-- \/table -->/g)?.length ?? 0;
    expect([opened, closed]).toEqual(Array(2).fill(markedTables(document.text).length));
  });

  it('links to files and headings that exist', () => {
    const broken = internalLinks(document).filter(({ path, anchor }) => {
      if (!existsSync(pathOf(path))) return true;
      const target = BY_PATH.get(path);
      return anchor !== '' && (target === undefined || !hasPlace(target, anchor));
    });
    expect(broken).toEqual([]);
  });

  it('names files that exist', () => {
    expect(namedFiles(document).filter((name) => !isInRepository(name))).toEqual([]);
  });
});

describe('the documents', () => {
  it('show every generated table', () => {
    const shown = new Set(DOCUMENTS.flatMap(({ text }) => markedTables(text)));
    expect(Object.keys(DOC_TABLES).filter((name) => !shown.has(name))).toEqual([]);
  });

  it('are all linked from another one', () => {
    const linked = new Set(
      DOCUMENTS.flatMap((document) =>
        internalLinks(document)
          .map(({ path }) => path)
          .filter((path) => path !== document.path),
      ),
    );
    const isUnlinked = ({ path }: Document): boolean =>
      path.startsWith('docs/') && !linked.has(path);
    expect(DOCUMENTS.filter(isUnlinked).map(({ path }) => path)).toEqual([]);
  });

  it('have the places that comments cite', () => {
    const missing = sourceFiles()
      .flatMap(citations)
      .filter(({ document, place }) => !isCited(document, place));
    expect(missing).toEqual([]);
  });
});

/** A citation ends where a heading of the document ends; `decision 6` is an item of its list. */
function isCited(path: string, place: string): boolean {
  const document = BY_PATH.get(path);
  if (document === undefined) return false;
  // Text that begins in lower case is the rest of the sentence; numbered decisions are the exception.
  const number = /^decisions? (\d+)/.exec(place)?.[1];
  if (number !== undefined) {
    return hasPlace(document, 'decisions') && document.text.includes(`\n${number}. `);
  }
  if (!/^[A-Z0-9]/.test(place)) return true;
  return headings(document.text).some((heading) =>
    place.toLowerCase().startsWith(heading.toLowerCase()),
  );
}
