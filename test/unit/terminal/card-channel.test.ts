// SPDX-License-Identifier: MIT
/** The gate to the card: exchange, deadline, selection of the application, identification. */
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../../src/bytes/hex.ts';
import { Fault } from '../../../src/errors/fault.ts';
import type { CardChannel } from '../../../src/ports/card-channel.ts';
import { DF_NAMES } from '../../../src/purse/files.table.ts';
import { withDeadline } from '../../../terminal/card/deadline.ts';
import { describeAnswer, exchange, LOST } from '../../../terminal/card/exchange.ts';
import { identifyCard } from '../../../terminal/card/identify.ts';
import {
  ApplicationSelector,
  DEFAULT_APPLICATIONS,
  listApplications,
} from '../../../terminal/card/select.ts';
import { newCard, openInProcess, SUITE_NAMES } from './world.ts';

/** A card of a script: commands as they must come, and their answers. */
function scripted(...script: readonly (readonly [string, string])[]): CardChannel & {
  readonly left: () => number;
} {
  const lines = [...script];
  return {
    transceive(command) {
      const [expected, answer] = lines.shift() ?? ['nothing more', ''];
      expect(toHex(command)).toBe(toHex(fromHex(expected)));
      return Promise.resolve(fromHex(answer));
    },
    close: () => Promise.resolve(),
    left: () => lines.length,
  };
}

const GET_BALANCE = '805C000204';

describe('an exchange', () => {
  it('gives data and status word', async () => {
    const channel = scripted([GET_BALANCE, '00000AC39000']);
    expect(await exchange(channel, fromHex(GET_BALANCE))).toEqual({
      kind: 'answered',
      sw: 0x9000,
      data: fromHex('00000AC3'),
      isDirect: true,
    });
  });

  it('fetches the rest after 61xx', async () => {
    const channel = scripted(
      [GET_BALANCE, '6104'],
      ['00C0000004', '00006102'],
      ['00C0000002', '0AC39000'],
    );
    expect(await exchange(channel, fromHex(GET_BALANCE))).toMatchObject({
      data: fromHex('00000AC3'),
      sw: 0x9000,
      isDirect: false,
    });
    expect(channel.left()).toBe(0);
  });

  it('fetches 256 bytes after 6100', async () => {
    const channel = scripted([GET_BALANCE, '6100'], ['00C0000000', '9000']);
    expect(await exchange(channel, fromHex(GET_BALANCE))).toMatchObject({ sw: 0x9000 });
  });

  it('sends the command again with the length after 6Cxx', async () => {
    const channel = scripted(['805C000200', '6C04'], [GET_BALANCE, '00000AC39000']);
    expect(await exchange(channel, fromHex('805C000200'))).toMatchObject({
      data: fromHex('00000AC3'),
      isDirect: false,
    });
  });

  it('tells a refusal after 6Cxx from a direct one', async () => {
    const debit = '805401000F000000012026020308153011223344';
    const channel = scripted([`${debit}00`, '6C08'], [`${debit}08`, '6901']);
    expect(await exchange(channel, fromHex(`${debit}00`))).toMatchObject({
      sw: 0x6901,
      isDirect: false,
    });
  });

  it.each(['', '90'])('of the answer "%s" is lost', async (answer) => {
    expect(await exchange(scripted([GET_BALANCE, answer]), fromHex(GET_BALANCE))).toBe(LOST);
  });

  it('is lost when the rest does not come', async () => {
    const channel = scripted([GET_BALANCE, '6104'], ['00C0000004', '']);
    expect(await exchange(channel, fromHex(GET_BALANCE))).toBe(LOST);
  });

  it('is lost with a card that never stops promising more', async () => {
    const endless: CardChannel = {
      transceive: () => Promise.resolve(fromHex('6101')),
      close: () => Promise.resolve(),
    };
    expect(await exchange(endless, fromHex(GET_BALANCE))).toBe(LOST);
  });

  it('is lost when the card is gone, and fails with any other fault', async () => {
    const failing = (error: Error): CardChannel => ({
      transceive: () => Promise.reject(error),
      close: () => Promise.resolve(),
    });
    const gone = failing(new Fault('CARD_GONE', 'gone'));
    expect(await exchange(gone, fromHex(GET_BALANCE))).toBe(LOST);
    const broken = failing(new Error('the reader burns'));
    await expect(exchange(broken, fromHex(GET_BALANCE))).rejects.toThrow('the reader burns');
  });

  it('is described with its status word', () => {
    const answer = {
      kind: 'answered',
      sw: 0x9302,
      data: new Uint8Array(0),
      isDirect: true,
    } as const;
    expect(describeAnswer(answer)).toBe('9302 MAC invalid');
    expect(describeAnswer(LOST)).toBe('no answer');
  });
});

describe('a channel with a deadline', () => {
  it('passes what comes in time', async () => {
    const channel = withDeadline(scripted([GET_BALANCE, '9000']), 1_000);
    expect(toHex(await channel.transceive(fromHex(GET_BALANCE)))).toBe('9000');
  });

  it('gives a mute card up, for every command after it too', async () => {
    let commands = 0;
    const mute: CardChannel = {
      transceive: () => {
        commands++;
        return new Promise(() => undefined);
      },
      close: () => Promise.resolve(),
    };
    const channel = withDeadline(mute, 5);
    expect(await exchange(channel, fromHex(GET_BALANCE))).toBe(LOST);
    await expect(channel.transceive(fromHex(GET_BALANCE))).rejects.toMatchObject({
      code: 'CARD_GONE',
    });
    expect(commands).toBe(1);
  });
});

const directFirst = new ApplicationSelector(DEFAULT_APPLICATIONS, 'directFirst');
const select = (aid: string): string => `00A40400${toHex(Uint8Array.of(aid.length / 2))}${aid}00`;
const NOT_FOUND = '6A82';

describe('the selection of an application', () => {
  it.each(SUITE_NAMES)('finds the purse of suite %s by name', async (suite) => {
    const selection = await directFirst.select(openInProcess(newCard(suite)));
    expect(selection).toMatchObject({ kind: 'selected', application: { suite } });
  });

  it('asks by name first, then reads PSE and PPSE', async () => {
    const channel = scripted(
      [select(DF_NAMES.aesPurse), NOT_FOUND],
      [select(DF_NAMES.tdesPurse), NOT_FOUND],
      [select(DF_NAMES.tUnion), NOT_FOUND],
      [select(DF_NAMES.pse), '6F15840E315041592E5359532E4444463031A5038801019000'],
      ['00B2010C00', '700C610A4F08A0000003869807FF9000'],
      ['00B2020C00', '6A83'],
      [select(DF_NAMES.ppse), NOT_FOUND],
    );
    expect(await directFirst.select(channel)).toEqual({ kind: 'notFound' });
    expect(channel.left()).toBe(0);
  });

  it('selects a listed name that begins with a known one', async () => {
    const long = `${DF_NAMES.tdesPurse}05`;
    const channel = scripted(
      [select(DF_NAMES.pse), NOT_FOUND],
      [select(DF_NAMES.ppse), ppse(long)],
      [select(long), '9000'],
    );
    const directoryFirst = new ApplicationSelector(DEFAULT_APPLICATIONS, 'directoryFirst');
    expect(await directoryFirst.select(channel)).toMatchObject({
      kind: 'selected',
      application: { aid: DF_NAMES.tdesPurse },
    });
  });

  it.each(['6A81', '6283', '9303'])('tells a blocked application by %s', async (sw) => {
    const channel = scripted([select(DF_NAMES.aesPurse), sw]);
    expect(await directFirst.select(channel)).toEqual({
      kind: 'blocked',
      sw: Number.parseInt(sw, 16),
    });
  });

  it('finds nothing on a card whose directory is garbage', async () => {
    const channel = scripted(
      [select(DF_NAMES.pse), '6F7F84FF9000'],
      [select(DF_NAMES.ppse), 'FFFFFFFF9000'],
      [select(DF_NAMES.aesPurse), NOT_FOUND],
      [select(DF_NAMES.tdesPurse), NOT_FOUND],
      [select(DF_NAMES.tUnion), NOT_FOUND],
    );
    const directoryFirst = new ApplicationSelector(DEFAULT_APPLICATIONS, 'directoryFirst');
    expect(await directoryFirst.select(channel)).toEqual({ kind: 'notFound' });
  });

  it('is lost with the card', async () => {
    expect(await directFirst.select(scripted([select(DF_NAMES.aesPurse), '']))).toEqual({
      kind: 'lost',
    });
  });

  it.each(SUITE_NAMES)('lists what a card of suite %s says of itself', async (suite) => {
    const names = await listApplications(openInProcess(newCard(suite)));
    const name = suite === 'aes' ? DF_NAMES.aesPurse : DF_NAMES.tdesPurse;
    expect(names).toEqual([name, name]);
  });
});

/** FCI of a PPSE that lists one name. */
function ppse(aid: string): string {
  const wrap = (tag: string, value: string): string =>
    `${tag}${toHex(Uint8Array.of(value.length / 2))}${value}`;
  return `${wrap('6F', wrap('A5', wrap('BF0C', wrap('61', wrap('4F', aid)))))}9000`;
}

describe('the identification of a card', () => {
  it('reads the T-Union card of the published FCI, to be read only', async () => {
    const ef15 = '01011000FFFFFFFF020103105117010170907984201908062040123100' + '00';
    const channel = scripted(
      [select(DF_NAMES.aesPurse), NOT_FOUND],
      [select(DF_NAMES.tdesPurse), NOT_FOUND],
      [select(DF_NAMES.tUnion), '9000'],
      ['00B095001E', `${ef15}9000`],
    );
    expect(await identifyCard(channel, directFirst)).toMatchObject({
      kind: 'identified',
      card: {
        serial: '03105117010170907984',
        isReadOnly: true,
        publicData: { startDate: '20190806' },
      },
    });
  });

  it.each([
    ['too short', '00009000'],
    ['refused', '6A82'],
    ['not decimal', `${'AA'.repeat(30)}9000`],
  ])('of an EF15 that is %s is unusable', async (_, answer) => {
    const channel = scripted([select(DF_NAMES.aesPurse), '9000'], ['00B095001E', answer]);
    expect(await identifyCard(channel, directFirst)).toMatchObject({
      kind: 'unusable',
      reason: 'cardUnusable',
    });
  });

  it('of a blocked card says so', async () => {
    const channel = scripted([select(DF_NAMES.aesPurse), '6A81']);
    expect(await identifyCard(channel, directFirst)).toEqual({
      kind: 'unusable',
      reason: 'cardBlocked',
      sw: 0x6a81,
    });
  });
});
