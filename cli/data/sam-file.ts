// SPDX-License-Identifier: MIT
/**
 * The virtual SAM of a terminal in its file. Every tap makes its counter durable, so that a commit is one
 * write in place and one flush, into a file that never grows (card-applet-sim/image/sam-copies.ts).
 */
import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { decodeImage } from '../../card-applet-sim/image/card-image.ts';
import {
  decodeSamFile,
  encodeSamCopy,
  encodeSamFile,
  samCopyOffset,
  type SamState,
} from '../../card-applet-sim/image/sam-copies.ts';
import { VirtualPsam } from '../../card-applet-sim/psam/virtual-psam.ts';
import { FileDevice, readImage, writeImage } from './card-files.ts';
import { inFile } from './in-file.ts';
import { takeLock } from './lock.ts';

/** A SAM that no other process has, and what gives it back. */
export interface TakenSam {
  readonly sam: FileDevice<VirtualPsam>;
  readonly release: () => void;
}

/** Saves a new SAM. */
export function createSamFile(path: string, image: Uint8Array): void {
  writeImage(path, encodeSamFile(image));
}

/**
 * Opens the SAM of a file. A SAM that two processes served would give the same terminal counter twice; so
 * would one whose last commit is lost, which therefore skips a counter.
 * @throws STORE_UNUSABLE while another process has it; FILE_UNREADABLE, CARD_IMAGE_INVALID
 */
export function takeSam(path: string): TakenSam {
  const releaseLock = takeLock(`${path}.lock`);
  let descriptor: number | undefined;
  const release = (): void => {
    if (descriptor !== undefined) closeSync(descriptor);
    descriptor = undefined;
    releaseLock();
  };
  try {
    const state = inFile(path, () => readState(path));
    const device = new VirtualPsam(inFile(path, () => decodeImage(state.image, 'psam')));
    descriptor = openSync(path, 'r+');
    const sam = new FileDevice(path, device, copyWriter(descriptor, state.sequence));
    if (state.isDoubtful) device.skipCounter();
    sam.save();
    return { sam, release };
  } catch (error) {
    release();
    throw error;
  }
}

/** @throws CARD_IMAGE_INVALID */
function readState(path: string): SamState {
  const file = readImage(path);
  if (!isPlainImage(file)) return decodeSamFile(file);
  decodeImage(file, 'psam');
  createSamFile(path, file);
  return { image: file, sequence: 1, isDoubtful: false };
}

/** "OPCI": version 0.1 kept a SAM as it keeps a card. */
function isPlainImage(file: Uint8Array): boolean {
  return new TextDecoder('latin1').decode(file.subarray(0, 4)) === 'OPCI';
}

/** Writes over the older copy; the other one is whole until the flush has returned. */
function copyWriter(descriptor: number, last: number): (image: Uint8Array) => void {
  let sequence = last;
  return (image) => {
    const next = sequence + 1;
    const copy = encodeSamCopy(next, image);
    writeSync(descriptor, copy, 0, copy.length, samCopyOffset(next));
    fdatasyncSync(descriptor);
    // A write that failed is made again to the same place: the other copy is the only one that is whole.
    sequence = next;
  };
}
