// SPDX-License-Identifier: MIT
/** Work that runs in a process of its own: one order in, messages and then its result out. */
import { fork } from 'node:child_process';
import { Defect } from '../src/errors/invariant.ts';

/** What goes to such a process, what it tells on the way, and its result: all JSON. */
export interface ProcessJob {
  readonly order: object;
  readonly news: unknown;
  readonly result: unknown;
}

type ProcessMessage<Job extends ProcessJob> =
  | { readonly kind: 'done'; readonly result: Job['result'] }
  | { readonly kind: 'news'; readonly news: Job['news'] };

/**
 * Runs `bench/NAME.ts`, gives it `order` and waits for its result.
 * @throws Defect when it dies before it is done.
 */
export function runElsewhere<Job extends ProcessJob>(
  name: string,
  order: Job['order'],
  onNews: (news: Job['news']) => void,
): Promise<Job['result']> {
  // As built, the process is a file; from TypeScript, in development, it needs the loader first.
  const child = import.meta.url.endsWith('.ts')
    ? fork(new URL(`./${name}.ts`, import.meta.url), { execArgv: ['--import', 'tsx'] })
    : fork(new URL(`./${name}.js`, import.meta.url));
  return new Promise((resolve, reject) => {
    let done: { readonly result: Job['result'] } | undefined;
    child.on('message', (message: ProcessMessage<Job>) => {
      if (message.kind === 'news') onNews(message.news);
      else done = message;
    });
    child.on('error', reject);
    child.on('exit', (code) => {
      if (done !== undefined && code === 0) resolve(done.result);
      else reject(new Defect(`${name} expected to end well, got exit ${code}`));
    });
    child.send(order);
  });
}

/** The other side: takes the order, does the work, sends its result and lets the process end. */
export function serveOrder<Job extends ProcessJob>(
  work: (order: Job['order'], tell: (news: Job['news']) => void) => Promise<Job['result']>,
): void {
  const send = (message: ProcessMessage<Job>): void => void process.send?.(message);
  process.once('message', (order: Job['order']) => {
    void work(order, (news) => {
      send({ kind: 'news', news });
    }).then((result) => {
      send({ kind: 'done', result });
      process.disconnect();
    });
  });
}
