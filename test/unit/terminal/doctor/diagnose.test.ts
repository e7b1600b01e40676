// SPDX-License-Identifier: MIT
/** The doctor on recorded machines: which codes, in which order, and what it says to do there. */
import { describe, expect, it } from 'vitest';
import { fromHex } from '../../../../src/bytes/hex.ts';
import { Fault } from '../../../../src/errors/fault.ts';
import { diagnose } from '../../../../terminal/reader/doctor/diagnose.ts';
import type { ReaderState } from '../../../../terminal/reader/pcsc.ts';
import { acr122uOnUsb, FEDORA_40, recorded, ROCKY_9, type Recording } from './recorded-machine.ts';

const reader = (name: string, atr = ''): ReaderState => ({
  name,
  hasCard: atr !== '',
  atr: fromHex(atr),
});

const ACR122U = 'ACS ACR122U PICC Interface 00 00';
const ATR = '3b8880010000000000000000090809';
const SOCKET = '/run/pcscd/pcscd.comm';
const seeing = (...readers: readonly ReaderState[]): Recording => ({
  seen: { readers, troubles: [] },
});
const trouble = (message: string, from: string | undefined = ACR122U): Recording => ({
  seen: { readers: [reader(ACR122U, ATR)], troubles: [{ reader: from, message }] },
});
const failed = (message: string): Recording => ({ addon: { kind: 'failed', message } });
const refused = (message: string, platform = 'linux'): Recording => ({
  platform,
  service: { kind: 'refused', message },
});

const NOT_BUILT =
  'Could not locate the bindings file. Tried:\n → /x/node_modules/@pokusew/pcsclite/build/pcsclite.node';
const NO_LIBRARY = 'libpcsclite.so.1: cannot open shared object file: No such file or directory';
const NO_LIBRARY_MUSL =
  'Error loading shared library libpcsclite.so.1: No such file or directory (needed by /x/pcsclite.node)';
const OTHER_NODE =
  "The module '/x/pcsclite.node'\nwas compiled against a different Node.js version using\nNODE_MODULE_VERSION 108. This version of Node.js requires\nNODE_MODULE_VERSION 115.";
const DENIED = 'SCardEstablishContext error: Access denied.(0x8010006a)';
/** The words are those of a German Windows, the number is not. */
const NO_SERVICE = 'SCardEstablishContext error: Der Dienst läuft nicht.(0x8010001d)';

describe('the findings on a machine', () => {
  const rows: readonly [string, Recording, readonly number[], boolean][] = [
    ['with a card in an ACR122U', seeing(reader(ACR122U, ATR)), [100, 200, 510, 502], true],
    ['with an empty reader', seeing(reader('HID Global OMNIKEY 5022')), [100, 200, 500], true],
    ['with nothing plugged in', {}, [100, 200, 501], false],
    [
      'with a SAM slot',
      seeing(reader('ACS ACR1252 PICC'), reader('ACS ACR1252 SAM')),
      [100, 200, 500, 500, 503],
      true,
    ],
    [
      'without nfc-pcsc',
      { addon: { kind: 'missing', message: "Cannot find module 'nfc-pcsc'" } },
      [101],
      false,
    ],
    ['with nfc-pcsc not built', failed(NOT_BUILT), [102], false],
    ['without libpcsclite', failed(NO_LIBRARY), [103], false],
    ['without libpcsclite, on musl', failed(NO_LIBRARY_MUSL), [103], false],
    ['after a change of Node', failed(OTHER_NODE), [104], false],
    ['with a damaged addon', failed('/x/pcsclite.node: file too short'), [105], false],
    ['without pcscd', { sockets: {}, files: { '/usr/sbin/pcscd': undefined! } }, [100, 201], false],
    ['with pcscd stopped', { sockets: {} }, [100, 202], false],
    ['with a closed socket', { sockets: { [SOCKET]: 'denied' } }, [100, 203], false],
    ['with a socket that is left over', { sockets: { [SOCKET]: 'refused' } }, [100, 204], false],
    ['with pcscd hanging', { service: { kind: 'silent' } }, [100, 204], false],
    ['where polkit says no', refused(DENIED), [100, 205], false],
    ['with pcscd out of memory', refused('error: (0x80100006)'), [100, 206], false],
    ['of another kind, service stopped', refused(NO_SERVICE, 'win32'), [100, 202], false],
    [
      'of another kind, no answer',
      { platform: 'darwin', service: { kind: 'silent' } },
      [100, 202],
      false,
    ],
    [
      'where the service stops between two questions',
      { seen: new Fault('PCSC_UNAVAILABLE', 'got 0x8010001e') },
      [100, 200, 206],
      false,
    ],
    ['with pn533_usb on the reader', acr122uOnUsb('pn533_usb'), [100, 200, 301, 501], false],
    [
      'with pn533_usb loaded and no reader',
      {
        files: { '/proc/modules': 'nfc 122880 1 pn533, Live 0x0\npn533_usb 20480 0 - Live 0x0\n' },
      },
      [100, 200, 302, 501],
      false,
    ],
    [
      'with a module that only sounds like it',
      { files: { '/proc/modules': 'pn533_usbx 20480 0 - Live 0x0\n' } },
      [100, 200, 501],
      false,
    ],
    ['with a reader that pcscd does not show', acr122uOnUsb('usbfs'), [100, 200, 501, 402], false],
    [
      'with such a reader beside a virtual one',
      { ...acr122uOnUsb('usbfs'), ...seeing(reader('Virtual PCD 00 00')) },
      [100, 200, 500, 402],
      true,
    ],
    [
      'in a container without the device node',
      {
        ...acr122uOnUsb('usbfs'),
        files: { ...acr122uOnUsb('usbfs').files, '/dev/bus/usb/001/009': undefined! },
      },
      [100, 200, 401, 501, 402],
      false,
    ],
    [
      'with vpcd',
      { ...seeing(reader('Virtual PCD 00 00')), files: { '/etc/reader.conf.d/vpcd': '' } },
      [100, 200, 500, 601],
      true,
    ],
    [
      'with the card in use elsewhere',
      trouble('connect: (0x8010000b)'),
      [100, 200, 510, 502, 512],
      false,
    ],
    ['with a mute card', trouble('connect: (0x80100066)'), [100, 200, 510, 502, 513], true],
    ['with a foreign card', trouble('connect: (0x80100065)'), [100, 200, 510, 502, 514], true],
    ['where polkit bars the card', trouble('(0x8010006a)'), [100, 200, 510, 502, 205], false],
    ['with a reader in trouble', trouble('boom (0x80100016)'), [100, 200, 510, 502, 515], true],
  ];

  it.each(rows)('%s', async (_name, recording, codes, isUsable) => {
    const diagnosis = await diagnose(recorded(recording));
    expect(diagnosis.findings.map(({ code }) => code)).toEqual(codes);
    expect(diagnosis.isUsable).toBe(isUsable);
  });
});

describe('what to do', () => {
  const rows: readonly [string, Recording, string, string][] = [
    ['Debian', {}, 'Debian GNU/Linux 12 (bookworm)', 'libpcsclite-dev'],
    [
      'Fedora',
      { files: { '/etc/os-release': FEDORA_40 } },
      'Fedora Linux 40 (Workstation Edition)',
      'pcsc-lite-devel',
    ],
    [
      'a relative of Fedora',
      { files: { '/etc/os-release': ROCKY_9 } },
      'Rocky Linux 9.4 (Blue Onyx)',
      'pcsc-lite-devel',
    ],
    ['a Linux without a name', { files: { '/etc/os-release': '' } }, 'linux', 'libpcsclite-dev'],
    ['macOS', { platform: 'darwin' }, 'macOS', 'xcode-select --install'],
    ['Windows', { platform: 'win32' }, 'Windows', 'Visual Studio Build Tools'],
  ];

  it.each(rows)('to build nfc-pcsc on %s', async (_name, recording, system, package_) => {
    const machine = recorded({ ...recording, ...failed(NOT_BUILT) });
    const { system: found, findings } = await diagnose(machine);
    expect(found.name).toBe(system);
    expect(findings[0]).toMatchObject({ code: 102, detail: 'Could not locate the bindings file.' });
    expect(findings[0]!.advice).toContain(package_);
    expect(findings[0]!.advice).toContain('npm rebuild @pokusew/pcsclite');
  });

  it('is said with the PC/SC code where there is one', async () => {
    const { findings } = await diagnose(recorded(refused(DENIED)));
    expect(findings.at(-1)).toMatchObject({
      name: 'accessDenied',
      pcsc: expect.stringMatching(/^0x8010006a SCARD_W_SECURITY_VIOLATION: /) as string,
      advice: expect.stringContaining('org.debian.pcsc-lite.access_pcsc') as string,
    });
  });

  it('asks at the socket that PCSCLITE_CSOCK_NAME names', async () => {
    const elsewhere = '/srv/pcscd.comm';
    const there = { socketName: elsewhere, sockets: { [elsewhere]: 'accepted' } } as const;
    expect((await diagnose(recorded(there))).findings[1]).toMatchObject({
      code: 200,
      detail: elsewhere,
    });
    const nowhere = await diagnose(recorded({ socketName: elsewhere }));
    expect(nowhere.findings[1]).toMatchObject({ code: 202, detail: `no socket ${elsewhere}` });
  });

  it('tells the firmware of an ACR122U from the USB', async () => {
    const machine = recorded({ ...acr122uOnUsb('usbfs'), ...seeing(reader(ACR122U)) });
    const { findings } = await diagnose(machine);
    expect(findings.find(({ code }) => code === 502)).toMatchObject({
      detail: `${ACR122U}, firmware 2.14`,
    });
  });

  it('names the reader that the kernel holds', async () => {
    const { findings } = await diagnose(recorded(acr122uOnUsb('pn533_usb')));
    expect(findings.find(({ code }) => code === 301)).toMatchObject({
      detail: 'ACS ACR122U PICC Interface (072f:2200)',
      advice: expect.stringContaining('modprobe -r pn533_usb') as string,
    });
  });

  it('shows the ATR of a card', async () => {
    const { findings, readers } = await diagnose(recorded(seeing(reader(ACR122U, ATR))));
    expect(findings[2]!.detail.toLowerCase()).toBe(`${ACR122U.toLowerCase()}, atr ${ATR}`);
    expect(readers).toHaveLength(1);
  });
});

describe('the question to the machine', () => {
  it('is not put to a service that no socket leads to: the library would wait for ever', async () => {
    const machine = {
      ...recorded({ sockets: {} }),
      openService: () => Promise.reject(new Error('asked')),
    };
    expect((await diagnose(machine)).findings.map(({ code }) => code)).toEqual([100, 202]);
  });

  it('goes on to service and USB where the library is missing', async () => {
    const { findings } = await diagnose(
      recorded({ ...acr122uOnUsb('pn533_usb'), ...failed(NOT_BUILT), sockets: {} }),
    );
    expect(findings.map(({ code }) => code)).toEqual([102, 202, 301]);
  });

  it('leaves a mistake of ours to the one who can mend it', async () => {
    const machine = recorded({ seen: new TypeError('ours') });
    await expect(diagnose(machine)).rejects.toThrow('ours');
  });
});
