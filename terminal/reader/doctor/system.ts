// SPDX-License-Identifier: MIT
/** Which system this is, as far as advice differs between systems. */
import type { Machine } from './machine.ts';

/** Families of systems that name their packages and services alike. */
export type SystemFamily = 'debian' | 'fedora' | 'macos' | 'windows';

export interface System {
  readonly family: SystemFamily;
  /** In words, such as `Debian GNU/Linux 12 (bookworm)`. */
  readonly name: string;
}

/** The system of a machine. An unknown Linux gets Debian's advice: its packages are the best known. */
export function systemOf(machine: Machine): System {
  if (machine.platform === 'darwin') return { family: 'macos', name: 'macOS' };
  if (machine.platform === 'win32') return { family: 'windows', name: 'Windows' };
  const text = machine.readText('/etc/os-release') ?? '';
  const value = (key: string): string => {
    const { value: found = '' } =
      new RegExp(`^${key}=(?<quote>["']?)(?<value>.*)\\k<quote>$`, 'm').exec(text)?.groups ?? {};
    return found;
  };
  const ids = `${value('ID')} ${value('ID_LIKE')}`.split(/\s+/);
  const isFedora = ids.some((id) => id === 'fedora' || id === 'rhel' || id === 'centos');
  const name = value('PRETTY_NAME');
  return { family: isFedora ? 'fedora' : 'debian', name: name === '' ? machine.platform : name };
}
