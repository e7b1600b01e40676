#!/usr/bin/env node
// SPDX-License-Identifier: MIT
import { existsSync } from 'node:fs';

const main = new URL('../dist/cli/main.js', import.meta.url);
if (existsSync(main)) {
  await import(main.href);
} else {
  process.stderr.write(
    'openpurse: not built yet. Expected dist/cli/main.js; run `npm ci` (it builds) or `npm run build`.\n',
  );
  process.exitCode = 1;
}
