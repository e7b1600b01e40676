// SPDX-License-Identifier: MIT
/**
 * What every channel to a purse card must do, whatever is behind it: a card in process, a reader, a
 * replay. `open` presents a card that was not used before and opens a channel to it.
 */
import { afterEach, describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../src/bytes/hex.ts';
import { Fault } from '../../src/errors/fault.ts';
import type { CardChannel } from '../../src/ports/card-channel.ts';
import { DF_NAMES } from '../../src/purse/files.table.ts';

const SELECT_PSE = fromHex(`00A404000E${DF_NAMES.pse}00`);
const SELECT_UNKNOWN = fromHex('00A4040006A0000000010100');
const READ_DIRECTORY = fromHex('00B2010C00');

/** Runs the suite for one kind of channel. */
export function cardChannelContract(name: string, open: () => Promise<CardChannel>): void {
  describe(`card channel: ${name}`, () => {
    let opened: CardChannel[] = [];
    const openOne = async (): Promise<CardChannel> => {
      const channel = await open();
      opened.push(channel);
      return channel;
    };
    afterEach(async () => {
      for (const channel of opened) await channel.close();
      opened = [];
    });

    it('answers data and status word', async () => {
      const channel = await openOne();
      const response = toHex(await channel.transceive(SELECT_PSE));
      expect(response).toMatch(/^6F.*9000$/);
    });

    it('answers a refused command with its status word alone', async () => {
      const channel = await openOne();
      expect(toHex(await channel.transceive(SELECT_UNKNOWN))).toBe('6A82');
    });

    it('keeps the state of the card between commands', async () => {
      const channel = await openOne();
      expect(toHex(await channel.transceive(READ_DIRECTORY))).not.toMatch(/9000$/);
      await channel.transceive(SELECT_PSE);
      expect(toHex(await channel.transceive(READ_DIRECTORY))).toMatch(/^70.*9000$/);
    });

    it('answers commands in the order in which they were sent', async () => {
      const channel = await openOne();
      const answers = await Promise.all([
        channel.transceive(SELECT_PSE),
        channel.transceive(READ_DIRECTORY),
        channel.transceive(SELECT_UNKNOWN),
      ]);
      expect(answers.map((answer) => toHex(answer).slice(0, 2))).toEqual(['6F', '70', '6A']);
    });

    it('neither changes nor keeps the bytes of a command, and gives the response away', async () => {
      const channel = await openOne();
      const command = SELECT_PSE.slice();
      const first = await channel.transceive(command);
      expect(command).toEqual(SELECT_PSE);
      command.fill(0xff);
      const copy = first.slice();
      first.fill(0);
      expect(await channel.transceive(SELECT_PSE)).toEqual(copy);
    });

    it('rejects with CARD_GONE once closed, and may be closed twice', async () => {
      const channel = await openOne();
      await channel.close();
      await channel.close();
      const failure: unknown = await channel
        .transceive(SELECT_PSE)
        .catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(Fault);
      expect(failure).toMatchObject({ code: 'CARD_GONE' });
    });
  });
}
