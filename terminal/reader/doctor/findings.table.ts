// SPDX-License-Identifier: MIT
/**
 * Everything that `openpurse doctor` can find: a number that never changes its meaning, how bad it is,
 * what it means and what to do about it. docs/readers.md shows this table.
 *
 * Sources: package names of Debian 12 and Fedora 40; pcsc-lite 1.9.9 (`PCSCLITE_CSOCK_NAME`, polkit
 * actions `org.debian.pcsc-lite.access_pcsc` and `access_card`); modprobe.d(5) for `install`; public
 * threads on the ACR122U and the kernel driver (pcsc-tools 20 and 97, pyscard 94, acsccid 28).
 */
import type { SystemFamily } from './system.ts';

/** `error` prevents the use of readers, or of the card in one; `warning` may. */
export type Severity = 'error' | 'note' | 'ok' | 'warning';

export interface FindingRow {
  readonly code: number;
  readonly severity: Severity;
  readonly text: string;
  /** What to do: the same everywhere, or by system. Empty: nothing. */
  readonly advice: string | Readonly<Record<SystemFamily, string>>;
}

const BUILD_AGAIN = 'then `npm ci` in the folder of openpurse';
const BUILD_TOOLS = {
  debian: 'sudo apt install build-essential python3 libpcsclite-dev pcscd',
  fedora: 'sudo dnf install gcc-c++ make python3 pcsc-lite-devel pcsc-lite pcsc-lite-ccid',
  macos: 'xcode-select --install',
  windows: 'install Python 3 and the Visual Studio Build Tools ("Desktop development with C++")',
} as const;
const POLKIT_RULE =
  'log in at the machine itself, or allow the user in a rule of /etc/polkit-1/rules.d for the actions org.debian.pcsc-lite.access_pcsc and org.debian.pcsc-lite.access_card';
const KEEP_OFF =
  'sudo modprobe -r pn533_usb, and for good: echo "install pn533_usb /bin/false" | sudo tee /etc/modprobe.d/pn533-off.conf; then plug the reader in again';
const NOT_HERE = 'does not happen on this system';

/** The findings by name, in the order of their codes. */
export const FINDINGS = {
  addonLoads: {
    code: 100,
    severity: 'ok',
    text: 'The PC/SC library for Node, nfc-pcsc, is there and loads.',
    advice: '',
  },
  addonMissing: {
    code: 101,
    severity: 'error',
    text: 'The optional package nfc-pcsc is not installed; npm leaves it out when it cannot be built.',
    advice: {
      debian: `${BUILD_TOOLS.debian}, ${BUILD_AGAIN}`,
      fedora: `${BUILD_TOOLS.fedora}, ${BUILD_AGAIN}`,
      macos: `${BUILD_TOOLS.macos}, ${BUILD_AGAIN}`,
      windows: `${BUILD_TOOLS.windows}, ${BUILD_AGAIN}`,
    },
  },
  addonNotBuilt: {
    code: 102,
    severity: 'error',
    text: 'The package nfc-pcsc is there, but its native part was never built.',
    advice: {
      debian: `${BUILD_TOOLS.debian}, then npm rebuild @pokusew/pcsclite`,
      fedora: `${BUILD_TOOLS.fedora}, then npm rebuild @pokusew/pcsclite`,
      macos: `${BUILD_TOOLS.macos}, then npm rebuild @pokusew/pcsclite`,
      windows: `${BUILD_TOOLS.windows}, then npm rebuild @pokusew/pcsclite`,
    },
  },
  libraryMissing: {
    code: 103,
    severity: 'error',
    text: 'The PC/SC library of the system is not installed.',
    advice: {
      debian: 'sudo apt install libpcsclite1 pcscd',
      fedora: 'sudo dnf install pcsc-lite-libs pcsc-lite',
      macos: NOT_HERE,
      windows: NOT_HERE,
    },
  },
  addonOtherNode: {
    code: 104,
    severity: 'error',
    text: 'The native part of nfc-pcsc was built for another version of Node.',
    advice: 'npm rebuild @pokusew/pcsclite, with the Node that runs openpurse',
  },
  addonBroken: {
    code: 105,
    severity: 'error',
    text: 'The native part of nfc-pcsc does not load.',
    advice: 'npm rebuild @pokusew/pcsclite; the message says what the system did not like',
  },
  serviceAnswers: {
    code: 200,
    severity: 'ok',
    text: 'The smart-card service answers.',
    advice: '',
  },
  serviceMissing: {
    code: 201,
    severity: 'error',
    text: 'The smart-card service, pcscd, is not installed.',
    advice: {
      debian: 'sudo apt install pcscd',
      fedora: 'sudo dnf install pcsc-lite pcsc-lite-ccid',
      macos: NOT_HERE,
      windows: NOT_HERE,
    },
  },
  serviceStopped: {
    code: 202,
    severity: 'error',
    text: 'The smart-card service is not running.',
    advice: {
      debian: 'sudo systemctl enable --now pcscd.socket; without systemd: sudo pcscd',
      fedora: 'sudo systemctl enable --now pcscd.socket',
      macos: 'plug a reader in: macOS starts the service with the first one',
      windows:
        "plug a reader in; then in an administrator's PowerShell: Set-Service SCardSvr -StartupType Automatic; Start-Service SCardSvr",
    },
  },
  socketDenied: {
    code: 203,
    severity: 'error',
    text: 'This user may not open the socket of the smart-card service.',
    advice: {
      debian:
        'check the permissions of the socket and its folder; in a container, mount it writable',
      fedora:
        'check the permissions of the socket and its folder; in a container, mount it writable',
      macos: NOT_HERE,
      windows: NOT_HERE,
    },
  },
  serviceSilent: {
    code: 204,
    severity: 'error',
    text: 'The smart-card service is there and does not answer.',
    advice: {
      debian:
        'sudo systemctl restart pcscd.socket pcscd.service; without systemd, start pcscd again',
      fedora: 'sudo systemctl restart pcscd.socket pcscd.service',
      macos: 'pull the reader out and plug it in again; log out, or restart',
      windows: "in an administrator's PowerShell: Restart-Service SCardSvr",
    },
  },
  accessDenied: {
    code: 205,
    severity: 'error',
    text: 'The smart-card service refuses this user.',
    advice: {
      debian: POLKIT_RULE,
      fedora: POLKIT_RULE,
      macos: 'run openpurse in the session of the user who is logged in, not as a daemon',
      windows:
        'run openpurse in the session at the machine: remote desktop shows its own readers only',
    },
  },
  serviceFailed: {
    code: 206,
    severity: 'error',
    text: 'The smart-card service answered with an error.',
    advice: 'restart the service; the PC/SC code says more',
  },
  kernelDriverHolds: {
    code: 301,
    severity: 'error',
    text: 'The kernel driver pn533_usb holds the reader, so that the smart-card service cannot.',
    advice: { debian: KEEP_OFF, fedora: KEEP_OFF, macos: NOT_HERE, windows: NOT_HERE },
  },
  kernelDriverLoaded: {
    code: 302,
    severity: 'warning',
    text: 'The kernel driver pn533_usb is loaded: it takes an ACR122U as soon as one is plugged in.',
    advice: { debian: KEEP_OFF, fedora: KEEP_OFF, macos: NOT_HERE, windows: NOT_HERE },
  },
  usbNodeMissing: {
    code: 401,
    severity: 'warning',
    text: 'A reader is on the USB, but its device node is not there: typical of a container.',
    advice: {
      debian: 'pass /dev/bus/usb into the container, or run pcscd outside and share its socket',
      fedora: 'pass /dev/bus/usb into the container, or run pcscd outside and share its socket',
      macos: NOT_HERE,
      windows: NOT_HERE,
    },
  },
  usbReaderNotShown: {
    code: 402,
    severity: 'warning',
    text: 'A reader is on the USB that the smart-card service does not show: no driver, or no permission.',
    advice: {
      debian:
        'sudo apt install libccid libacsccid1 (its udev rules give pcscd the device), plug the reader in again, sudo systemctl restart pcscd.service',
      fedora:
        'sudo dnf install pcsc-lite-ccid pcsc-lite-acsccid (its udev rules give pcscd the device), plug the reader in again, sudo systemctl restart pcscd.service',
      macos: NOT_HERE,
      windows: NOT_HERE,
    },
  },
  readerEmpty: { code: 500, severity: 'ok', text: 'A reader; no card in it.', advice: '' },
  noReader: {
    code: 501,
    severity: 'error',
    text: 'The smart-card service shows no reader.',
    advice: {
      debian:
        'plug one in; without hardware: sudo apt install vsmartcard-vpcd, restart pcscd, and `openpurse card serve` puts a card into it',
      fedora:
        'plug one in; without hardware, build vpcd of the vsmartcard project, and `openpurse card serve` puts a card into it',
      macos:
        'plug one in; System Information lists it under USB, and under SmartCards when its driver works',
      windows:
        'plug one in; the Device Manager lists it under smart card readers when its driver works',
    },
  },
  acr122u: {
    code: 502,
    severity: 'note',
    text: 'An ACR122U: short APDUs only, and it may go mute until it is plugged in again.',
    advice: '',
  },
  samSlot: {
    code: 503,
    severity: 'note',
    text: 'A slot for a secure module, which PC/SC shows as a reader of its own.',
    advice: 'leave it out with `--reader` and a part of the other name that this one has not',
  },
  readerWithCard: { code: 510, severity: 'ok', text: 'A reader with a card.', advice: '' },
  cardHeld: {
    code: 512,
    severity: 'error',
    text: 'Another program has the card for itself.',
    advice:
      'close it: another terminal, scdaemon of GnuPG (gpgconf --kill scdaemon), a browser, e-ID or bank software',
  },
  cardMute: {
    code: 513,
    severity: 'warning',
    text: 'The card does not answer to a reset.',
    advice: 'take it away and put it back, flat and in the middle; try another card',
  },
  cardUnsupported: {
    code: 514,
    severity: 'warning',
    text: 'The reader cannot talk to this card.',
    advice: 'the card must be of ISO/IEC 14443-4 or 7816; one card at a time on the reader',
  },
  readerTrouble: {
    code: 515,
    severity: 'warning',
    text: 'The reader reported an error.',
    advice: 'plug the reader in again; the PC/SC code says more',
  },
  vpcdInstalled: {
    code: 601,
    severity: 'note',
    text: 'The virtual reader vpcd is installed.',
    advice: '`openpurse card serve` puts a card into it',
  },
} as const satisfies Record<string, FindingRow>;

/** The identity of a finding in the source; its number is the one for people. */
export type FindingName = keyof typeof FINDINGS;
