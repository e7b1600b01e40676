// SPDX-License-Identifier: MIT
/** The documents of the repository, and what they refer to. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FILE_TABLES } from './file-tables.ts';
import { CITY_TABLES } from './city-tables.ts';
import { PRODUCT_TABLES } from './product-tables.ts';
import { PROTOCOL_TABLES } from './protocol-tables.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Folders whose files documents may name; everything else in backticks is not taken for a file. */
const FOLDERS = [
  'src',
  'card-applet-sim',
  'terminal',
  'host',
  'simulation',
  'cli',
  'test',
  'bench',
  'docs',
  'bin',
] as const;

export interface Document {
  /** Path from the root of the repository, with `/`. */
  readonly path: string;
  readonly text: string;
}

/** Every table that a document may mark, by name. */
export const DOC_TABLES: Readonly<Record<string, () => string>> = {
  ...PROTOCOL_TABLES,
  ...CITY_TABLES,
  ...PRODUCT_TABLES,
  ...FILE_TABLES,
};

/** @throws Error for a name that no table has. */
export function renderTable(name: string): string {
  const render = DOC_TABLES[name];
  if (render === undefined) throw new Error(`"table" expected a known name, got "${name}"`);
  return render();
}

export function pathOf(path: string): string {
  return join(ROOT, path);
}

function listFiles(folder: string, extension: string): readonly string[] {
  if (!existsSync(pathOf(folder))) return [];
  return readdirSync(pathOf(folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(extension))
    .map((name) => posix.join(folder, name.replaceAll('\\', '/')))
    .sort();
}

/** The documents at the root and everything in docs/. */
export function readDocuments(): readonly Document[] {
  const atRoot = readdirSync(ROOT).filter((name) => name.endsWith('.md'));
  return [...atRoot.sort(), ...listFiles('docs', '.md')].map((path) => ({
    path,
    text: readFileSync(pathOf(path), 'utf8'),
  }));
}

/** All TypeScript files, product and tests. */
export function sourceFiles(): readonly string[] {
  return FOLDERS.flatMap((folder) => listFiles(folder, '.ts'));
}

/** The headings of a document outside its code blocks. */
export function headings(text: string): readonly string[] {
  return [...withoutCodeBlocks(text).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading);
}

function withoutCodeBlocks(text: string): string {
  return text.replaceAll(/^```[\s\S]*?^```$/gm, '');
}

/** The anchor that a heading gets: lower case, punctuation dropped, spaces as hyphens. */
export function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}

export interface Link {
  /** From the root of the repository. */
  readonly path: string;
  readonly anchor: string;
}

/** Links to other files of the repository, or to a place in the same one. */
export function internalLinks({ path, text }: Document): readonly Link[] {
  return [...withoutCodeBlocks(text).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => {
      const [file = '', anchor = ''] = target.split('#');
      return { path: file === '' ? path : posix.join(dirname(path), file), anchor };
    });
}

/** Files and folders of the repository that stand in backticks. */
export function namedFiles({ text }: Document): readonly string[] {
  const inFolder = new RegExp(`^(?:${FOLDERS.join('|')})/[\\w./-]*$`);
  const isFile = (name: string): boolean =>
    inFolder.test(name)
      ? /\.(ts|js|json|md)$/.test(name) || name.endsWith('/')
      : /^[\w.-]+\.(ts|md)$/.test(name);
  return [...withoutCodeBlocks(text).matchAll(/`([^`\n]+)`/g)]
    .map(([, name = '']) => name)
    .filter(isFile);
}

/** What follows `openpurse` in backticks and in the lines of code blocks, without comments and output. */
export function commandLines({ text }: Document): readonly string[] {
  const inline = [...withoutCodeBlocks(text).matchAll(/`(?:npx )?openpurse ([a-z][^`\n]*)`/g)];
  const blocks = [...text.matchAll(/^```[a-z]*\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block);
  const inBlocks = blocks.flatMap((block) => [
    ...block.matchAll(/^(?:\$ )?(?:npx )?openpurse ([a-z][^#\n]*)/gm),
  ]);
  return [...inline, ...inBlocks].map(([, line = '']) => line.trim());
}

/** Whether a name is a path of the repository, or the name of one file somewhere in it. */
export function isInRepository(name: string): boolean {
  if (existsSync(pathOf(name))) return name.endsWith('/') === statSync(pathOf(name)).isDirectory();
  return !name.includes('/') && sourceFiles().some((path) => posix.basename(path) === name);
}

export interface Citation {
  readonly source: string;
  readonly document: string;
  /** What follows the name of the document, on one line. */
  readonly place: string;
}

/** Every place of a document, or whole document, that a comment cites as the source of a rule. */
export function citations(source: string): readonly Citation[] {
  const text = readFileSync(pathOf(source), 'utf8').replaceAll(/\s*\n\s*(?:\*|\/\/)\s*/g, ' ');
  return [...text.matchAll(/(docs\/[\w./-]+\.md)(?:, ([^*]{1,60}))?/g)].map(
    ([, document = '', place = '']) => ({ source, document, place }),
  );
}
