// SPDX-License-Identifier: MIT
/** A card of a data folder, served into a private pcscd: what the tests of this folder begin with. */
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { succeed, temporaryFolder } from '../scenario/cli-runner.ts';
import { pcscMissing, startPrivatePcscd, type PrivatePcscd, type Ran } from './private-pcscd.ts';

const MAIN = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));

/** Why the tests are skipped here, printed once per file; undefined where they run. */
export const missing = pcscMissing();
if (missing !== undefined) process.stderr.write(`test/pcsc skipped: ${missing}\n`);

export interface ServedCard {
  readonly folder: string;
  readonly pcscd: PrivatePcscd;
  /** `openpurse` inside the namespace, with the folder of the card. */
  openpurse(...args: readonly string[]): Promise<Ran>;
  /** The JSON that it prints. */
  json(...args: readonly string[]): Promise<unknown>;
  /** A control of `openpurse card serve`; resolves when it is carried out. */
  control(line: string): Promise<void>;
}

/** Creates a card with `createArgs`, serves it, and runs `work` when it is in the reader. */
export async function withServedCard(
  createArgs: readonly string[],
  work: (served: ServedCard) => Promise<void>,
): Promise<void> {
  const folder = temporaryFolder();
  await succeed('card', 'create', 'alice', '--data', folder, ...createArgs);
  const pcscd = await startPrivatePcscd();
  try {
    const command = (args: readonly string[]): readonly string[] => [
      ...['--import', 'tsx', MAIN],
      ...args,
      ...['--data', folder],
    ];
    const server = pcscd.spawn(process.execPath, command(['card', 'serve', 'alice']));
    await atrSeen(pcscd);
    const openpurse: ServedCard['openpurse'] = (...args) =>
      pcscd.run(process.execPath, command(args), { timeoutMs: 60_000 });
    await work({
      folder,
      pcscd,
      openpurse,
      async json(...args) {
        const { stdout, stderr } = await openpurse(...args, '--json');
        try {
          return JSON.parse(stdout) as unknown;
        } catch (cause) {
          const what = `openpurse ${args.join(' ')} expected JSON`;
          throw new Error(`${what}, got ${stdout}${stderr}`, { cause });
        }
      },
      async control(line) {
        const { stdin, stdout } = server;
        if (stdin === null || stdout === null) throw new Error('served card expected pipes');
        const said = once(stdout, 'data');
        stdin.write(`${line}\n`);
        await said;
      },
    });
  } finally {
    await pcscd.stop();
  }
}

/** The ATR that opensc-tool reads, once a card is in the reader. */
export async function atrSeen(pcscd: PrivatePcscd): Promise<string> {
  const end = Date.now() + 60_000;
  for (;;) {
    const { stdout, stderr, code } = await pcscd.run('opensc-tool', ['-a']);
    if (code === 0 && /^[0-9a-f:]+$/m.test(stdout.trim())) return stdout.trim();
    if (Date.now() > end) throw new Error(`opensc-tool expected an ATR, got ${stdout}${stderr}`);
  }
}
