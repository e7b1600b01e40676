// SPDX-License-Identifier: MIT
/** Starts a worker thread from a module of the host, as built or, in development, from TypeScript. */
import { Worker, type WorkerOptions } from 'node:worker_threads';

/**
 * Starts the module `name` in a thread. `name` is its path without an extension, relative to `from`, the
 * `import.meta.url` of who starts it.
 */
export function startThread(name: string, from: string, options: WorkerOptions): Worker {
  if (!from.endsWith('.ts')) return new Worker(new URL(`${name}.js`, from), options);
  // `--import tsx` does not reach the modules of a worker on Node 20: its thread needs the loader first.
  const loader = import.meta.resolve('tsx/esm/api');
  const file = new URL(`${name}.ts`, from).href;
  const start = `import(${JSON.stringify(loader)}).then(({ register }) => (register(), import(${JSON.stringify(file)})))`;
  return new Worker(start, { ...options, eval: true });
}
