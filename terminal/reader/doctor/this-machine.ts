// SPDX-License-Identifier: MIT
/** The machine that this program runs on. */
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';
import { env, platform } from 'node:process';
import { PcscReaders } from '../pcsc.ts';
import { probeLibrary, probeService } from './library-probe.ts';
import type { Machine, ReadersSeen, ReaderTrouble } from './machine.ts';
import { askSocket } from './service-socket.ts';

/** A card that another program holds is told of 1.5 s after it was seen. */
const TROUBLE_MS = 1700;

/** What `read` gives, or undefined when the file is not there or may not be read. */
function readable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

export const THIS_MACHINE: Machine = {
  platform,
  socketName: env['PCSCLITE_CSOCK_NAME'],
  has: existsSync,
  readText: (path) => readable(() => readFileSync(path, 'utf8')),
  list: (path) => readable(() => readdirSync(path)) ?? [],
  linkName: (path) => readable(() => basename(readlinkSync(path))),
  connect: askSocket,
  loadAddon: probeLibrary,
  openService: probeService,
  lookAtReaders,
};

async function lookAtReaders(): Promise<ReadersSeen> {
  const pcsc = await PcscReaders.open();
  try {
    const troubles: ReaderTrouble[] = [];
    pcsc.onEvent((event) => {
      if (event.kind === 'sharing' || event.kind === 'error') {
        troubles.push({ reader: event.reader, message: event.message });
      }
    });
    if (pcsc.readers().some(({ hasCard }) => hasCard)) {
      await new Promise((resolve) => setTimeout(resolve, TROUBLE_MS));
    }
    return { readers: pcsc.readers(), troubles };
  } finally {
    await pcsc.close();
  }
}
