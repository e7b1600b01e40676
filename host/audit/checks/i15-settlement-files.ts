// SPDX-License-Identifier: MIT
/**
 * I15: the files of a settled window, written again from what is in the database now, are those that went
 * out: the host keeps the digest of each. Writing them is the host's work (`replay/rewrite-files.ts`).
 */
import type { AuditParts } from '../model.ts';

/** A file of a window as it is written now; lower-case hexadecimal SHA-256. */
export interface RewrittenFile {
  readonly name: string;
  readonly digest: string;
}

/** Writes the files of a window again. @throws where they cannot be written */
export type RewriteFiles = (window: number) => readonly RewrittenFile[];

/** Compares the files of every window that has some. */
export function checkFiles({ ledger, findings }: AuditParts, rewrite: RewriteFiles): void {
  const sink = findings.of('I15');
  const windows = ledger
    .prepare<[], number>('SELECT DISTINCT window FROM window_files ORDER BY window')
    .pluck();
  const files = ledger.prepare<[number], RewrittenFile>(
    'SELECT name, digest FROM window_files WHERE window = ? ORDER BY name',
  );
  for (const window of windows.iterate()) {
    const say = (name: string, expected: string, found: string): void => {
      sink.state({ subject: `window ${window} ${name}`, expected, found, amount: 0 });
    };
    let rewritten: ReadonlyMap<string, string>;
    try {
      rewritten = new Map(rewrite(window).map(({ name, digest }) => [name, digest]));
    } catch (error) {
      say('files', 'files that can be written', error instanceof Error ? error.message : 'none');
      continue;
    }
    for (const { name, digest } of files.iterate(window)) {
      sink.checked++;
      const found = rewritten.get(name) ?? 'none';
      if (found !== digest) say(name, digest, found);
    }
  }
}
