// SPDX-License-Identifier: MIT
/** Transit feeds: folders of GTFS text files. The Hyderabad Metro's comes with the product. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Fault } from '../../src/errors/fault.ts';
import { readFeed } from '../../src/gtfs/feed.ts';
import type { Feed } from '../../src/gtfs/model.ts';
import { packageRoot } from './package-root.ts';

const FEED_FILE_BYTES_MAX = 64 * 1024 * 1024;

/** The feed that is used when none is named. "Contains data provided by Hyderabad Metro Rail Ltd." */
export function bundledFeed(): string {
  return join(packageRoot(), 'data', 'gtfs', 'hmrl');
}

/** Reads every `.txt` file of a folder. @throws FILE_UNREADABLE, LIMIT_EXCEEDED, GTFS_INVALID */
export function loadFeed(directory: string): Feed {
  if (!existsSync(directory) || !statSync(directory).isDirectory()) {
    throw new Fault(
      'FILE_UNREADABLE',
      `"--gtfs" expected a folder of GTFS files, got ${directory}`,
    );
  }
  const files = new Map<string, string>();
  for (const name of readdirSync(directory)) {
    if (!name.endsWith('.txt')) continue;
    const path = join(directory, name);
    const { size } = statSync(path);
    if (size > FEED_FILE_BYTES_MAX) {
      throw new Fault(
        'LIMIT_EXCEEDED',
        `"${name}" expected at most ${FEED_FILE_BYTES_MAX} bytes, got ${size}`,
      );
    }
    files.set(name, readFileSync(path, 'utf8'));
  }
  return readFeed(files);
}
