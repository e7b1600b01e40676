// SPDX-License-Identifier: MIT
/** The inputs that are kept: `corpus/<target>/`, each with a name that says what it is. */
import { readdirSync, readFileSync } from 'node:fs';
import { fromHex } from '../../src/bytes/hex.ts';

export interface CorpusText {
  readonly name: string;
  readonly text: string;
}

export interface CorpusBytes {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** The entries of a target in the order of their names, the ones that once failed (`failed-…`) first. */
export function corpusTexts(target: string): readonly CorpusText[] {
  const folder = new URL(`corpus/${target}/`, import.meta.url);
  const rank = (name: string): string => (name.startsWith('failed-') ? ` ${name}` : name);
  return readdirSync(folder)
    .sort((left, right) => (rank(left) < rank(right) ? -1 : 1))
    .map((name) => ({ name, text: readFileSync(new URL(name, folder), 'utf8') }));
}

/** Entries as bytes: `.hex` is hexadecimal with `#` lines of comment, anything else is taken as it is. */
export function corpusBytes(target: string): readonly CorpusBytes[] {
  return corpusTexts(target).map(({ name, text }) => ({
    name,
    bytes: name.endsWith('.hex')
      ? fromHex(text.replaceAll(/^#.*$/gm, ''))
      : new TextEncoder().encode(text),
  }));
}

/** Bytes as they stand in a `.hex` file. */
export function hexText(bytes: Uint8Array): string {
  return (
    Buffer.from(bytes)
      .toString('hex')
      .toUpperCase()
      .match(/.{1,64}/g) ?? []
  ).join('\n');
}
