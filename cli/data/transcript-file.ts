// SPDX-License-Identifier: MIT
import { readFileSync, statSync } from 'node:fs';
import { LIMITS } from '../../src/clearing/limits.table.ts';
import { Fault } from '../../src/errors/fault.ts';
import { parseTranscript, type Transcript } from '../../terminal/transcript/parse-transcript.ts';
import { inFile } from './in-file.ts';

/**
 * Reads a transcript; a file that is too large is not even read.
 * @throws FILE_UNREADABLE; DECODE_FAILED naming the line; LIMIT_EXCEEDED
 */
export function readTranscript(path: string): Transcript {
  return inFile(path, () => parseTranscript(readText(path)));
}

function readText(path: string): string {
  try {
    const { size } = statSync(path);
    const { max } = LIMITS.transcriptCharacters;
    if (size > max) {
      throw new Fault('LIMIT_EXCEEDED', `"transcript" expected at most ${max} bytes, got ${size}`);
    }
    return readFileSync(path, 'utf8');
  } catch (cause) {
    if (cause instanceof Fault) throw cause;
    throw new Fault('FILE_UNREADABLE', `"${path}" expected a transcript that can be read`, {
      cause,
    });
  }
}
