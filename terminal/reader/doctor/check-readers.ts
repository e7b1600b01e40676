// SPDX-License-Identifier: MIT
/** The readers that the service shows, and the cards in them. */
import { toHex } from '../../../src/bytes/hex.ts';
import { pcscCodeIn } from '../pcsc-codes.table.ts';
import { isHeldByKernel, type UsbReader } from './check-usb.ts';
import type { Finding, Report } from './finding.ts';
import type { FindingName } from './findings.table.ts';
import type { ReadersSeen } from './machine.ts';

/** What the codes mean that come from a reader or the card in it. */
const TROUBLES: Readonly<Record<number, FindingName>> = {
  0x8010000b: 'cardHeld',
  0x80100065: 'cardUnsupported',
  0x80100066: 'cardMute',
  0x8010006a: 'accessDenied',
};

/** Name that vpcd gives its slots. Source: its reader.conf. */
const VIRTUAL = /^Virtual PCD\b/;

export function checkReaders(
  { readers, troubles }: ReadersSeen,
  onUsb: readonly UsbReader[],
  report: Report,
): readonly Finding[] {
  const findings = readers.map(({ name, hasCard, atr }) =>
    hasCard
      ? report('readerWithCard', atr.length === 0 ? name : `${name}, ATR ${toHex(atr)}`)
      : report('readerEmpty', name),
  );
  if (readers.length === 0) findings.push(report('noReader'));
  findings.push(...notShown(readers, onUsb, report));
  for (const { name } of readers) {
    if (/\bSAM\b/i.test(name)) findings.push(report('samSlot', name));
    if (/ACR122/i.test(name)) findings.push(report('acr122u', acr122uDetail(name, onUsb)));
  }
  for (const { reader, message } of troubles) {
    const trouble = TROUBLES[pcscCodeIn(message) ?? 0] ?? 'readerTrouble';
    const isNamed = reader === undefined || message.includes(reader);
    findings.push(report(trouble, isNamed ? message : `${reader}: ${message}`));
  }
  return findings;
}

/**
 * Readers on the USB that PC/SC does not have. Their names there and here differ, so that only the
 * absence of every real reader is a sure sign. One that a kernel driver holds was told of already.
 */
function notShown(
  readers: ReadersSeen['readers'],
  onUsb: readonly UsbReader[],
  report: Report,
): readonly Finding[] {
  if (readers.some(({ name }) => !VIRTUAL.test(name))) return [];
  return onUsb
    .filter((reader) => !isHeldByKernel(reader))
    .map(({ name }) => report('usbReaderNotShown', name));
}

/** The firmware can be told from the USB; asking the reader itself takes a card on it. */
function acr122uDetail(name: string, onUsb: readonly UsbReader[]): string {
  const releases = onUsb.filter(({ isAcr122u }) => isAcr122u).map(({ release }) => release);
  const known = releases.filter((release) => release !== '');
  return known.length === 0 ? name : `${name}, firmware ${known.join(' and ')}`;
}
