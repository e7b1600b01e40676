// SPDX-License-Identifier: MIT
import type { Finding, Report } from './finding.ts';
import type { FindingName } from './findings.table.ts';
import type { AddonLoad } from './machine.ts';

/**
 * What a message of a failed load is a sign of. Sources: `bindings` 1.5.0 (no built file), dlopen(3) of
 * glibc and musl (no shared library), Node's own check of the version that an addon was built for.
 */
const SIGNS: readonly (readonly [RegExp, FindingName])[] = [
  [/could not locate the bindings file/i, 'addonNotBuilt'],
  [/NODE_MODULE_VERSION/, 'addonOtherNode'],
  [/libpcsclite|winscard/i, 'libraryMissing'],
];

/** Whether the native library is there and loads. */
export function checkAddon(load: AddonLoad, report: Report): Finding {
  switch (load.kind) {
    case 'loaded':
      return report('addonLoads', `nfc-pcsc ${load.version}`);
    case 'missing':
      return report('addonMissing', firstLine(load.message));
    case 'failed': {
      const [, name] = SIGNS.find(([sign]) => sign.test(load.message)) ?? [];
      return report(name ?? 'addonBroken', firstLine(load.message));
    }
  }
}

/** Messages of the loader go on with a list of every place that was tried. */
function firstLine(message: string): string {
  const [line = ''] = message.split('\n');
  return line.replace(/:? Tried:$/, '').trim();
}
