// SPDX-License-Identifier: MIT
/**
 * Tries the native library in a process of its own. Its first call repeats itself for ever, and blocks
 * the whole process, while no service answers (@pokusew/pcsclite 0.6.0, PCSCLite::PCSCLite); and a
 * library that crashes takes the process with it. A child can be ended, and its end can be told.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { AddonLoad, ServiceAnswer } from './machine.ts';

const PROBE_MS = 5000;

/** `argv[1]` is the library, `argv[2]` how far to go. The answer is the last line on stdout. */
const SCRIPT = `
const { writeSync } = require('node:fs');
const say = (answer) => writeSync(1, '\\n' + JSON.stringify(answer) + '\\n');
const message = (error) => String(error && error.message || error);
let library;
try {
  library = require(process.argv[1]);
} catch (error) {
  say({ kind: error.code === 'MODULE_NOT_FOUND' ? 'missing' : 'failed', message: message(error) });
  process.exit(0);
}
if (process.argv[2] === 'load') {
  say({ kind: 'loaded' });
} else {
  try {
    new library.NFC();
    say({ kind: 'opened' });
  } catch (error) {
    say({ kind: 'refused', message: message(error) });
  }
}
process.exit(0);
`;

interface Answer {
  readonly kind: string;
  readonly message?: string;
}

/** Loads the library. */
export async function probeLibrary(): Promise<AddonLoad> {
  const library = findLibrary();
  if (library.path === undefined) return { kind: 'missing', message: library.message };
  const { kind, message = '' } = await runProbe(library.path, 'load');
  if (kind === 'loaded') return { kind, version: versionOf(library.path) };
  return { kind: kind === 'missing' ? 'missing' : 'failed', message };
}

/** Loads the library and has it ask the service. */
export async function probeService(): Promise<ServiceAnswer> {
  const library = findLibrary();
  if (library.path === undefined) return { kind: 'refused', message: library.message };
  const { kind, message = '' } = await runProbe(library.path, 'open');
  return kind === 'opened' || kind === 'silent' ? { kind } : { kind: 'refused', message };
}

function findLibrary(): { readonly path: string | undefined; readonly message: string } {
  try {
    return { path: createRequire(import.meta.url).resolve('nfc-pcsc'), message: '' };
  } catch (error) {
    return { path: undefined, message: error instanceof Error ? error.message : String(error) };
  }
}

/** The version in the package.json above a file of a package. */
function versionOf(file: string): string {
  const manifest = join(dirname(file), '../package.json');
  // Every package has a version.
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { readonly version: string };
  return version;
}

function runProbe(library: string, until: 'load' | 'open'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['-e', SCRIPT, library, until], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let said = '';
    let isLate = false;
    child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const timer = setTimeout(() => {
      isLate = true;
      child.kill('SIGKILL');
    }, PROBE_MS);
    child.once('error', reject);
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      const line = said.trim().split('\n').at(-1) ?? '';
      if (isLate) resolve({ kind: 'silent', message: `no answer within ${PROBE_MS} ms` });
      // Written by the script above.
      else if (line.startsWith('{')) resolve(JSON.parse(line) as Answer);
      else
        resolve({
          kind: 'failed',
          message: `the library ended its process: ${signal ?? code ?? ''}`,
        });
    });
  });
}
