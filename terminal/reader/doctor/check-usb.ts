// SPDX-License-Identifier: MIT
/**
 * Readers on the USB of a Linux machine, and who holds them. Source: the kernel's
 * Documentation/ABI/testing/sysfs-bus-usb; USB class 0Bh is "smart card".
 */
import type { Finding, Report } from './finding.ts';
import type { Machine } from './machine.ts';

const DEVICES = '/sys/bus/usb/devices';
const SMART_CARD_CLASS = '0b';
/** Advanced Card Systems, and its ACR122U. */
const ACS = '072f';
const ACR122U = '2200';
const NFC_DRIVERS: readonly string[] = ['pn533_usb', 'pn533'];

export interface UsbReader {
  /** Such as `ACS ACR122U PICC Interface (072f:2200)`. */
  readonly name: string;
  readonly isAcr122u: boolean;
  /** Release number of the device, such as `2.14`: the firmware, on readers of ACS. */
  readonly release: string;
  /** Its device node. */
  readonly node: string;
  /** Drivers that hold its interfaces; `usbfs` is a program, here pcscd. */
  readonly drivers: readonly string[];
}

/** The readers on the USB; none on systems without sysfs. */
export function usbReaders(machine: Machine): readonly UsbReader[] {
  if (machine.platform !== 'linux') return [];
  const entries = machine.list(DEVICES);
  return entries
    .filter((entry) => /^\d+-[\d.]+$/.test(entry))
    .flatMap((device) => {
      const read = (entry: string, file: string): string =>
        (machine.readText(`${DEVICES}/${entry}/${file}`) ?? '').trim();
      const interfaces = entries.filter((entry) => entry.startsWith(`${device}:`));
      const vendor = read(device, 'idVendor');
      const isReader =
        vendor === ACS ||
        interfaces.some((entry) => read(entry, 'bInterfaceClass') === SMART_CARD_CLASS);
      if (!isReader) return [];
      const product = read(device, 'idProduct');
      const number = (file: string): string => read(device, file).padStart(3, '0');
      const words = [read(device, 'manufacturer'), read(device, 'product')].filter(Boolean);
      return [
        {
          name: [...words, `(${vendor}:${product})`].join(' '),
          isAcr122u: vendor === ACS && product === ACR122U,
          release: releaseOf(read(device, 'bcdDevice')),
          node: `/dev/bus/usb/${number('busnum')}/${number('devnum')}`,
          drivers: interfaces.flatMap(
            (entry) => machine.linkName(`${DEVICES}/${entry}/driver`) ?? [],
          ),
        },
      ];
    });
}

/** `0214` is 2.14. */
function releaseOf(bcd: string): string {
  const { major, minor } = /^(?<major>\d\d)(?<minor>\d\d)$/.exec(bcd)?.groups ?? {};
  return major === undefined || minor === undefined ? '' : `${Number(major)}.${minor}`;
}

/** Whether the kernel's NFC driver has the reader. */
export function isHeldByKernel({ drivers }: UsbReader): boolean {
  return drivers.some((driver) => NFC_DRIVERS.includes(driver));
}

/** What stands between the readers on the USB and the smart-card service. */
export function checkUsb(
  machine: Machine,
  readers: readonly UsbReader[],
  report: Report,
): readonly Finding[] {
  const held = readers.filter(isHeldByKernel);
  const findings = held.map(({ name }) => report('kernelDriverHolds', name));
  if (held.length === 0 && isLoaded(machine, 'pn533_usb')) {
    findings.push(report('kernelDriverLoaded'));
  }
  for (const { name, node } of readers) {
    if (!machine.has(node)) findings.push(report('usbNodeMissing', `${name}, ${node}`));
  }
  return findings;
}

function isLoaded(machine: Machine, module: string): boolean {
  const modules = machine.readText('/proc/modules') ?? '';
  return modules.split('\n').some((line) => line.startsWith(`${module} `));
}
