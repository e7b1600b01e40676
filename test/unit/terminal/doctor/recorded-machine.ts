// SPDX-License-Identifier: MIT
/** A machine as data: what the doctor would see there. */
import type {
  AddonLoad,
  Machine,
  ReadersSeen,
  ServiceAnswer,
} from '../../../../terminal/reader/doctor/machine.ts';
import type { SocketAnswer } from '../../../../terminal/reader/doctor/service-socket.ts';

export interface Recording {
  readonly platform?: string;
  readonly socketName?: string;
  /** Text by path; a path alone makes a folder of what comes before its last part. */
  readonly files?: Readonly<Record<string, string>>;
  /** Last part of the target, by path of the link. */
  readonly links?: Readonly<Record<string, string>>;
  readonly sockets?: Readonly<Record<string, SocketAnswer>>;
  readonly addon?: AddonLoad;
  readonly service?: ServiceAnswer;
  readonly seen?: ReadersSeen | Error;
}

const SOCKET = '/run/pcscd/pcscd.comm';

const DEBIAN_12 = `PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"
NAME="Debian GNU/Linux"
VERSION_ID="12"
ID=debian
`;
export const FEDORA_40 = `NAME="Fedora Linux"
ID=fedora
VERSION_ID=40
PRETTY_NAME="Fedora Linux 40 (Workstation Edition)"
`;
export const ROCKY_9 = `NAME="Rocky Linux"
ID="rocky"
ID_LIKE="rhel centos fedora"
PRETTY_NAME="Rocky Linux 9.4 (Blue Onyx)"
`;

/** What sysfs has of an ACR122U at port 1-2, held by `driver`. From a thread on pcsc-tools 97. */
export function acr122uOnUsb(driver: string): Pick<Recording, 'files' | 'links'> {
  const device = '/sys/bus/usb/devices/1-2';
  return {
    files: {
      [`${device}/idVendor`]: '072f\n',
      [`${device}/idProduct`]: '2200\n',
      [`${device}/bcdDevice`]: '0214\n',
      [`${device}/busnum`]: '1\n',
      [`${device}/devnum`]: '9\n',
      [`${device}/manufacturer`]: 'ACS\n',
      [`${device}/product`]: 'ACR122U PICC Interface\n',
      [`${device}:1.0/bInterfaceClass`]: '0b\n',
      '/dev/bus/usb/001/009': '',
    },
    links: { [`${device}:1.0/driver`]: driver },
  };
}

/** A Debian machine with everything in order, but for what the recording says. */
export function recorded(recording: Recording = {}): Machine {
  const {
    platform = 'linux',
    socketName,
    links = {},
    sockets = { [SOCKET]: 'accepted' },
    addon = { kind: 'loaded', version: '0.8.1' },
    service = { kind: 'opened' },
    seen = { readers: [], troubles: [] },
  } = recording;
  const files: Readonly<Record<string, string>> = {
    ...(platform === 'linux' ? { '/etc/os-release': DEBIAN_12, '/usr/sbin/pcscd': '' } : {}),
    ...recording.files,
  };
  return {
    platform,
    socketName,
    has: (path) => files[path] !== undefined,
    readText: (path) => files[path],
    list: (path) => {
      const inside = Object.keys(files).filter((file) => file.startsWith(`${path}/`));
      return [...new Set(inside.map((file) => file.slice(path.length + 1).split('/')[0]!))];
    },
    linkName: (path) => links[path],
    connect: async (socket) => sockets[socket] ?? 'absent',
    loadAddon: async () => addon,
    openService: async () => service,
    lookAtReaders: async () => {
      if (seen instanceof Error) throw seen;
      return seen;
    },
  };
}
