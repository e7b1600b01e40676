// SPDX-License-Identifier: MIT
import { describe, expect, it } from 'vitest';
import { loadedFolders } from './cli-folder.ts';
import { digestOf, json, openpurse, succeed } from './cli-runner.ts';

const newFolder = loadedFolders();

const SELECT = '00A4040007F04F505552534500';
const BALANCE = '805C000204';

interface Sent {
  readonly commands: readonly {
    readonly command: string;
    readonly outcome: string;
    readonly exchanges: readonly {
      readonly kind: string;
      readonly hex: string;
      readonly sw?: string;
      readonly fields: readonly { readonly name: string; readonly meaning?: string }[];
    }[];
  }[];
}

describe('openpurse apdu', () => {
  it('sends APDUs one after the other and shows every field', async () => {
    const out = await succeed('apdu', SELECT, BALANCE, '--card', 'alice', '--data', newFolder());
    expect(out).toMatch(/^card > SELECT, by name\n {7}00A4/);
    expect(out).toMatch(/^card > GET BALANCE, purse$/m);
    expect(out).toMatch(/^ +balance +0000C350 +500\.00 INR$/m);
  });

  it('takes commands by name, and the suite of the purse that is selected', async () => {
    const args = ['--card', 'bob', '--data', newFolder()];
    const { commands } = await json<Sent>('apdu', 'select 3des', 'init-purchase 5', ...args);
    expect(commands.map(({ command, outcome }) => [command, outcome])).toEqual([
      ['select', 'done'],
      ['init-purchase', 'done'],
    ]);
    const [command, response] = commands[1]?.exchanges ?? [];
    expect(command?.hex).toMatch(/^805001020B.*0F$/);
    expect(response?.fields).toContainEqual(
      expect.objectContaining({ name: 'balance', meaning: '300.00 INR' }),
    );
  });

  it('leaves the card as it was after INITIALIZE, and says so', async () => {
    const data = newFolder();
    const before = digestOf(data);
    const out = await succeed(
      ...['apdu', 'select aes', 'init-purchase 5', '--card', 'alice', '--data', data],
    );
    expect(out).toContain('nothing is durable');
    expect(digestOf(data)).toBe(before);
  });

  it('sends nothing if one argument is wrong, and names it', async () => {
    const data = newFolder();
    const { code, stdout, stderr } = await openpurse(
      ...['apdu', SELECT, '805C0002049', '--card', 'alice', '--data', data],
    );
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('"argument 2" expected');
  });

  it('goes on after a refusal, and tells of it by its exit code', async () => {
    const args = ['apdu', BALANCE, SELECT, BALANCE, '--card', 'alice', '--data', newFolder()];
    const { code, stdout } = await openpurse(...args);
    expect(code).toBe(3);
    expect(stdout).toContain('6985 conditions of use not satisfied');
    expect(stdout).toContain('500.00 INR');
  });

  it('masks a PIN in output and in errors', async () => {
    const args = ['--card', 'alice', '--data', newFolder()];
    const verified = await openpurse('apdu', SELECT, '0020000003123456', ...args);
    expect(verified.stdout).toContain('0020000003******');
    expect(verified.stdout).not.toContain('123456');
    const malformed = await openpurse('apdu', '0020000009123456', ...args);
    expect(malformed.code).toBe(2);
    expect(malformed.stderr).not.toContain('123456');
  });

  it('needs a purse to build what differs between the suites', async () => {
    const args = ['apdu', 'init-purchase 5', '--card', 'alice', '--data', newFolder()];
    const { code, stderr } = await openpurse(...args);
    expect(code).toBe(2);
    expect(stderr).toContain('expected a selected purse');
  });
});
