// SPDX-License-Identifier: MIT
import { describe, expect, it } from 'vitest';
import { fromHex } from '../../../src/bytes/hex.ts';
import type { CardChannel } from '../../../src/ports/card-channel.ts';
import { CARD_COMMANDS } from '../../../src/purse/card-commands.table.ts';
import { FMCOS_COMMANDS } from '../../../src/purse/fmcos.table.ts';
import { PURSE_COMMANDS } from '../../../src/purse/purse-commands.table.ts';
import { SAM_COMMANDS } from '../../../src/purse/sam-commands.table.ts';
import { withTrace, type TraceEntry, type TraceOptions } from '../../../terminal/card/trace.ts';
import { gatePlace, TRANSIT_CONFIG } from './transit-world.ts';
import {
  FakeHost,
  newCard,
  newSam,
  openInProcess,
  openTerminal,
  PIN,
  rupees,
  SUITE_NAMES,
} from './world.ts';

const CARD: TraceOptions = { role: 'card', currency: 'INR' };

function answering(answer: string): CardChannel {
  return { transceive: () => Promise.resolve(fromHex(answer)), close: () => Promise.resolve() };
}

async function trace(
  command: string,
  answer: string,
  options: TraceOptions = CARD,
): Promise<readonly TraceEntry[]> {
  const entries: TraceEntry[] = [];
  const channel = withTrace(answering(answer), (entry) => entries.push(entry), options);
  await channel.transceive(fromHex(command));
  return entries;
}

describe('a trace', () => {
  it('names every field of INITIALIZE FOR PURCHASE and of its answer', async () => {
    const command = '805001020B 01 000004E2 001122334455 0F';
    const answer = '00002710 0007 000000 01 00 11223344 9000';
    expect(await trace(command, answer)).toEqual([
      {
        kind: 'command',
        hex: '805001020B01000004E20011223344550F',
        title: 'INITIALIZE FOR PURCHASE',
        parameters: 'purse',
        fields: [
          { name: 'keyIndex', hex: '01', meaning: '1' },
          { name: 'amount', hex: '000004E2', meaning: '12.50 INR' },
          { name: 'terminalId', hex: '001122334455', meaning: undefined },
        ],
      },
      {
        kind: 'response',
        hex: '0000271000070000000100112233449000',
        title: 'INITIALIZE FOR PURCHASE',
        sw: '9000',
        meaning: 'success',
        fields: [
          { name: 'balance', hex: '00002710', meaning: '100.00 INR' },
          { name: 'offlineCounter', hex: '0007', meaning: '7' },
          { name: 'overdraftLimit', hex: '000000', meaning: '0.00 INR' },
          { name: 'keyVersion', hex: '01', meaning: '1' },
          { name: 'algorithmId', hex: '00', meaning: 'tdes' },
          { name: 'cardRandom', hex: '11223344', meaning: undefined },
        ],
      },
    ]);
  });

  it('tells the suites apart by their lengths', async () => {
    const [command, response] = await trace(
      '8054010013 00000001 20260203 081530 0102030405060708 10',
      '0102030405060708 1112131415161718 9000',
    );
    expect(command?.fields).toMatchObject([
      { name: 'terminalCounter', meaning: '1' },
      { name: 'date', meaning: '2026-02-03' },
      { name: 'time', meaning: '08:15:30' },
      { name: 'mac1', hex: '0102030405060708' },
    ]);
    expect(response?.fields).toMatchObject([{ name: 'tac' }, { name: 'mac2' }]);
  });

  it('reads a log record of a real card', async () => {
    const record = '042D 000000 000001F4 09 300089000340 20241229 141740 9000';
    const [command, response] = await trace('00B201C417', record);
    expect(command).toMatchObject({ title: 'READ RECORD', parameters: 'record 1 of EF18' });
    expect(response?.fields).toMatchObject([
      { name: 'counterAfter', meaning: '1069' },
      { name: 'overdraftLimit' },
      { name: 'amount', meaning: '5.00 INR' },
      { name: 'transactionType', meaning: 'composite purchase' },
      { name: 'terminalId' },
      { name: 'date', meaning: '2024-12-29' },
      { name: 'time', meaning: '14:17:40' },
    ]);
  });

  it('takes the FCI of a real card apart', async () => {
    const fci =
      '6F318408A000000632010105A5259F0801029F0C1E01011000FFFFFFFF02010310511701017090798420190806204012310000';
    const [, response] = await trace('00A4040008A00000063201010500', `${fci}9000`);
    expect(response?.fields.map(({ name }) => name)).toEqual([
      '84 DF name',
      '9F08 version',
      '9F0C issuer data (EF15)',
    ]);
  });

  it.each([
    ['VERIFY', '0020000003123456', '0020000003******'],
    ['CHANGE PIN', '805E010007123456FF654321', '805E010007**************'],
    ['RELOAD PIN', '805E00000765432111223344', '805E000007**************'],
  ])('masks the PIN of %s', async (title, command, masked) => {
    const entries = await trace(command, '9000');
    expect(entries[0]).toMatchObject({ title, hex: masked });
    expect(JSON.stringify(entries)).not.toMatch(/123456|654321/);
  });

  it('masks a PIN in a command that is malformed', async () => {
    const entries = await trace('0020000009123456', '6700');
    expect(JSON.stringify(entries)).not.toContain('123456');
  });

  it.each([
    ['VERIFY of a global PIN with another P2', '0020008103123456'],
    ['VERIFY under a foreign class', '8020000003123456'],
    ['CHANGE PIN with another P1', '805E020007123456FF654321'],
    ['CHANGE REFERENCE DATA of ISO/IEC 7816-4', '0024000006123456654321'],
    ['RESET RETRY COUNTER of ISO/IEC 7816-4', '002C000006123456654321'],
  ])('masks the PIN of a command that it does not know: %s', async (_name, command) => {
    const entries = await trace(command, '6D00');
    expect(JSON.stringify(entries)).not.toMatch(/123456|654321/);
  });

  it('shows what PIN UNBLOCK says under secure messaging, which is no PIN in clear', async () => {
    const [command] = await trace('842400010C 0102030405060708 11223344', '9000');
    expect(command?.hex).toBe('842400010C010203040506070811223344');
  });

  it('says that no answer is unknown, not refused', async () => {
    const [, response] = await trace('805C000204', '');
    expect(response).toMatchObject({
      sw: undefined,
      meaning: 'no answer: the outcome is unknown',
    });
  });

  it('tells a fault and lets it pass', async () => {
    const entries: TraceEntry[] = [];
    const channel = openInProcess(newCard('aes'));
    channel.remove();
    const traced = withTrace(channel, (entry) => entries.push(entry), CARD);
    await expect(traced.transceive(fromHex('805C000204'))).rejects.toMatchObject({
      code: 'CARD_GONE',
    });
    expect(entries.at(-1)).toMatchObject({ kind: 'response', sw: undefined });
  });

  it('decodes the answer to GET RESPONSE as that of the command before it', async () => {
    const entries: TraceEntry[] = [];
    const answers = ['6104', '00000AC39000'];
    const channel: CardChannel = {
      transceive: () => Promise.resolve(fromHex(answers.shift() ?? '')),
      close: () => Promise.resolve(),
    };
    const traced = withTrace(channel, (entry) => entries.push(entry), CARD);
    await traced.transceive(fromHex('805C000204'));
    await traced.transceive(fromHex('00C0000004'));
    expect(entries[2]).toMatchObject({ title: 'GET RESPONSE of GET BALANCE' });
    expect(entries[3]?.fields).toMatchObject([{ name: 'balance', meaning: '27.55 INR' }]);
  });

  it.each([
    ['FFCA000000', 'GET DATA of the reader', 'UID'],
    [
      '80E00015 07 A8001E0000FFFF',
      'CREATE FILE',
      '0015, transparent file that is written with a MAC',
    ],
    ['80E00015 01 00', 'CREATE FILE', '0015'],
  ])('says what %s is for', async (command, title, parameters) => {
    const [entry] = await trace(command.replaceAll(' ', ''), '9000');
    expect(entry).toMatchObject({ title, parameters });
  });

  it('shows what it does not know', async () => {
    const [command] = await trace('B0FF0000020102', '6E00');
    expect(command).toMatchObject({
      title: 'unknown command B0FF',
      fields: [{ name: 'data', hex: '0102' }],
    });
  });
});

describe('every command of the tables', () => {
  const header = (row: { cla: number | null; ins: number; p1: number | null }): string =>
    [row.cla ?? 0x84, row.ins, row.p1 ?? 0, 0]
      .map((byte) => byte.toString(16).padStart(2, '0'))
      .join('');
  const rows = [
    ...Object.values(PURSE_COMMANDS).map((row) => ({ role: 'card' as const, ...row })),
    ...Object.values(CARD_COMMANDS).map((row) => ({ role: 'card' as const, ...row })),
    ...Object.values(FMCOS_COMMANDS).map((row) => ({ role: 'card' as const, ...row })),
    ...Object.values(SAM_COMMANDS).map((row) => ({ role: 'sam' as const, ...row })),
  ];

  it.each(rows)('has its name in a trace: $title to the $role', async (row) => {
    const [command] = await trace(header(row), '9000', { role: row.role, currency: 'INR' });
    expect(command).toMatchObject({ title: row.title });
  });
});

describe.each(SUITE_NAMES)('a session with a card of suite %s', (suite) => {
  it('leaves no byte without a name, on either side', async () => {
    const entries: TraceEntry[] = [];
    const sink = (entry: TraceEntry): void => void entries.push(entry);
    const samChannel = withTrace(openInProcess(newSam()), sink, { role: 'sam', currency: 'INR' });
    const terminal = await openTerminal({ samChannel, config: { transit: TRANSIT_CONFIG } });
    const channel = withTrace(openInProcess(newCard(suite)), sink, CARD);
    await terminal.purchase(channel, rupees(500));
    await terminal.load(channel, { amount: rupees(1), hostLink: new FakeHost(), pin: PIN });
    await terminal.gateEntry(channel, gatePlace('A'));
    await terminal.gateExit(channel, gatePlace('B'));
    await terminal.readCard(channel);
    const unnamed = entries.filter(({ fields }) => fields.some(({ name }) => name === 'data'));
    expect(unnamed.map(({ title }) => title)).toEqual([]);
    expect(entries.length).toBeGreaterThan(60);
    expect(entries.every(({ title }) => !/unknown|malformed/.test(title))).toBe(true);
    expect(JSON.stringify(entries)).not.toContain('123456"');
  });
});
