// SPDX-License-Identifier: MIT
/** Card images as files: found by name or path, and saved atomically after each command that wrote. */
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import type { VirtualDevice } from '../../card-applet-sim/card/virtual-device.ts';
import { VirtualCard } from '../../card-applet-sim/card/virtual-card.ts';
import { decodeImage, encodeImage } from '../../card-applet-sim/image/card-image.ts';
import type { NonVolatileMemory } from '../../card-applet-sim/memory/non-volatile-memory.ts';
import { openInProcess } from '../../card-applet-sim/transport/in-process.ts';
import { LIMITS } from '../../src/clearing/limits.table.ts';
import { Fault } from '../../src/errors/fault.ts';
import type { CardChannel } from '../../src/ports/card-channel.ts';
import type { DataDirectory } from './data-directory.ts';
import { inFile } from './in-file.ts';
import { takeLock } from './lock.ts';
import { SYSTEM_RANDOM } from './system.ts';

const EXTENSION = '.card';
const NAME = /^[A-Za-z0-9._-]{1,64}$/;

/** Reads an image; a file that is too large is not even read. */
export function readImage(path: string): Uint8Array {
  try {
    const { size } = statSync(path);
    if (size > LIMITS.cardImageBytes.max) {
      throw new Fault(
        'CARD_IMAGE_INVALID',
        `"${path}" expected at most ${LIMITS.cardImageBytes.max} bytes, got ${size}`,
      );
    }
    return Uint8Array.from(readFileSync(path));
  } catch (cause) {
    if (cause instanceof Fault) throw cause;
    throw new Fault('FILE_UNREADABLE', `"${path}" expected a card image that can be read`, {
      cause,
    });
  }
}

const lockOf = (cardPath: string): string => `${cardPath}.lock`;

/** Writes an image so that a crash leaves the old file or the new one; the new one once this returns. */
export function writeImage(path: string, image: Uint8Array): void {
  const directory = dirname(path);
  mkdirSync(directory, { recursive: true });
  writeFileAtomic.sync(path, Buffer.from(image));
  syncDirectory(directory);
}

/** Makes a rename in a folder durable. Windows opens no folders, and its file system keeps their order. */
function syncDirectory(path: string): void {
  if (process.platform === 'win32') return;
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** A virtual card or SAM that lives in a file. */
export class FileDevice<D extends VirtualDevice> {
  readonly path: string;
  readonly device: D;
  readonly #write: (image: Uint8Array) => void;
  #saved: number;

  /** `write` makes an image durable before it returns. */
  constructor(
    path: string,
    device: D,
    write: (image: Uint8Array) => void = (image) => writeImage(path, image),
  ) {
    this.path = path;
    this.device = device;
    this.#write = write;
    this.#saved = device.revision;
  }

  /** Saves when the memory was written since the last time. */
  save(): void {
    if (this.device.revision === this.#saved) return;
    this.#write(this.device.encodeImage());
    this.#saved = this.device.revision;
  }

  /** Presents the device; what a command wrote is in the file before its answer is seen. */
  open(): CardChannel {
    const channel = openInProcess(this.device);
    this.save();
    return {
      transceive: async (command) => {
        const response = await channel.transceive(command);
        this.save();
        return response;
      },
      close: async () => {
        await channel.close();
        this.save();
      },
    };
  }
}

/** The cards of a data directory. */
export class CardFiles {
  readonly #directory: string;

  constructor(data: DataDirectory) {
    this.#directory = data.cards;
  }

  names(): readonly string[] {
    if (!existsSync(this.#directory)) return [];
    return readdirSync(this.#directory)
      .filter((name) => name.endsWith(EXTENSION))
      .map((name) => basename(name, EXTENSION))
      .sort();
  }

  /** The path of a new or existing card. @throws USAGE */
  pathOf(nameOrPath: string): string {
    if (nameOrPath.includes('/') || nameOrPath.endsWith(EXTENSION)) return nameOrPath;
    if (!NAME.test(nameOrPath)) {
      throw new Fault(
        'USAGE',
        `"card" expected 1 to 64 letters, digits, . _ -, got "${nameOrPath}"`,
      );
    }
    return join(this.#directory, nameOrPath + EXTENSION);
  }

  /** An existing card by name or path; the only one when none is named. @throws CARD_NOT_FOUND, USAGE */
  find(nameOrPath: string | undefined): string {
    const names = this.names();
    if (nameOrPath === undefined) {
      const [only, second] = names;
      if (only === undefined)
        throw new Fault(
          'CARD_NOT_FOUND',
          `"--card" expected a card in ${this.#directory}, got none: create one with \`openpurse card create NAME\``,
        );
      if (second !== undefined)
        throw new Fault('USAGE', `"--card" expected one of ${names.join(', ')}, got none`);
      return this.pathOf(only);
    }
    const path = this.pathOf(nameOrPath);
    if (!existsSync(path)) {
      const known = names.length === 0 ? 'none yet' : names.join(', ');
      throw new Fault('CARD_NOT_FOUND', `"card" expected a card (${known}), got "${nameOrPath}"`);
    }
    return path;
  }

  /** Runs `work` with the card of `path`, which no other process has meanwhile; its memory is saved. */
  async use<T>(path: string, work: (card: FileDevice<VirtualCard>) => Promise<T>): Promise<T> {
    const release = takeLock(lockOf(path));
    try {
      const memory = inFile(path, () => decodeImage(readImage(path), 'card'));
      const card = new FileDevice(path, new VirtualCard(memory, SYSTEM_RANDOM));
      try {
        return await work(card);
      } finally {
        card.save();
      }
    } finally {
      release();
    }
  }

  /** Saves a new card. @throws FILE_EXISTS */
  create(path: string, memory: NonVolatileMemory): void {
    if (existsSync(path)) {
      throw new Fault('FILE_EXISTS', `"card" expected a new name, ${path} exists`);
    }
    writeImage(path, encodeImage(memory));
  }

  /** A second file with the memory of the first, byte by byte. @throws FILE_EXISTS, CARD_IMAGE_INVALID */
  copy(from: string, to: string): void {
    if (existsSync(to)) throw new Fault('FILE_EXISTS', `"to" expected a new card, ${to} exists`);
    writeImage(to, this.#checkedImage(from));
  }

  /** Puts the memory of another image into a card. @throws CARD_IMAGE_INVALID */
  restore(card: string, from: string): void {
    const image = this.#checkedImage(from);
    const release = takeLock(lockOf(card));
    try {
      writeImage(card, image);
    } finally {
      release();
    }
  }

  /** The bytes of an image that is whole: a damaged one is not passed on. */
  #checkedImage(path: string): Uint8Array {
    const image = readImage(path);
    inFile(path, () => decodeImage(image, 'card'));
    return image;
  }
}
