// SPDX-License-Identifier: MIT
import { describe, expect, it } from 'vitest';
import { concat } from '../../../src/bytes/concat.ts';
import { fromHex, toHex } from '../../../src/bytes/hex.ts';
import { cmac, prepareCmacKey } from '../../../src/crypto/aes-cmac.ts';
import { aesCbcEncrypt, aesEcbEncrypt } from '../../../src/crypto/aes.ts';
import {
  deriveScp03SessionKeys,
  openScp03,
  Scp03Channel,
  scp03Cryptogram,
  type Scp03Level,
} from '../../../src/crypto/scp03.ts';
import { Defect } from '../../../src/errors/invariant.ts';
import { decodeCommand, encodeCommand } from '../../../src/iso7816/apdu.ts';
import { readVectors, type Vector } from '../../vectors/vector.ts';
import { decodeErrorOf, faultOf, thrownBy } from '../errors/thrown.ts';

const SESSIONS = readVectors('scp03').map((vector) => ({ vector, name: vector.name }));
const session = (name: string): Vector => SESSIONS.find((row) => row.name === name)!.vector;

function opened(
  vector: Vector,
  reply = vector.bytes('initializeUpdateReply'),
): ReturnType<typeof openScp03> {
  return openScp03({
    keys: { enc: vector.bytes('enc'), mac: vector.bytes('mac') },
    hostChallenge: vector.bytes('hostChallenge'),
    initializeUpdateReply: reply,
    level: vector.number('level') as Scp03Level,
  });
}

function wrap(channel: Scp03Channel, plain: string): string {
  return toHex(encodeCommand(channel.wrap(decodeCommand(fromHex(plain)))));
}

describe.each(SESSIONS)('an SCP03 session, $name', ({ vector }) => {
  it('derives the session keys and both cryptograms', () => {
    const keys = { enc: vector.bytes('enc'), mac: vector.bytes('mac') };
    const host = vector.bytes('hostChallenge');
    const reply = vector.bytes('initializeUpdateReply');
    const challenges = { host, card: reply.slice(13, 21) };
    const derived = deriveScp03SessionKeys(keys, challenges);
    const named = { sEnc: derived.enc, sMac: derived.mac, sRmac: derived.rmac };
    for (const [name, key] of Object.entries(named)) {
      expect(key).toHaveLength(keys.enc.length);
      if (vector.has(name)) expect(toHex(key)).toBe(vector.text(name).toUpperCase());
    }
    expect(scp03Cryptogram('card', derived.mac, challenges)).toEqual(reply.slice(21, 29));
    expect(scp03Cryptogram('host', derived.mac, challenges)).toEqual(
      vector.bytes('externalAuthenticate').slice(5, 13),
    );
  });

  it('authenticates, then wraps five commands in a row', () => {
    const { channel, externalAuthenticate } = opened(vector);
    expect(toHex(encodeCommand(externalAuthenticate))).toBe(
      vector.text('externalAuthenticate').toUpperCase(),
    );
    for (const command of vector.list('commands')) {
      expect(wrap(channel, command.text('plain'))).toBe(command.text('wrapped').toUpperCase());
    }
  });

  it('unwraps the reply to its first command', () => {
    const { channel } = opened(vector);
    wrap(channel, vector.list('commands')[0]!.text('plain'));
    const response = channel.unwrap({ data: vector.bytes('reply'), sw: 0x9000 });
    expect(toHex(response.data)).toBe(vector.text('replyPlain').toUpperCase());
    expect(response.sw).toBe(0x9000);
  });

  it('refuses a card that holds other keys', () => {
    const reply = vector.bytes('initializeUpdateReply');
    reply[28]! ^= 0x01;
    expect(faultOf(() => opened(vector, reply)).code).toBe('CARD_UNUSABLE');
  });
});

describe('an SCP03 channel', () => {
  const both = session('AES-128 level 33');

  it.each(['AES-128 level 11', 'AES-128 level 33'])(
    'of %s refuses a reply with one bit flipped, anywhere, or another status word',
    (name) => {
      const vector = session(name);
      const reply = vector.bytes('reply');
      const first = vector.list('commands')[0]!.text('plain');
      for (let index = 0; index < reply.length; index++) {
        const { channel } = opened(vector);
        wrap(channel, first);
        const data = reply.slice();
        data[index]! ^= 0x80;
        expect(faultOf(() => channel.unwrap({ data, sw: 0x9000 })).code).toBe('CARD_UNUSABLE');
      }
      const { channel } = opened(vector);
      wrap(channel, first);
      expect(faultOf(() => channel.unwrap({ data: reply, sw: 0x6283 })).message).toMatch(/R-MAC/);
    },
  );

  it('refuses the reply to another command: the R-MAC is chained to the C-MAC', () => {
    const { channel } = opened(both);
    const [first, second] = both.list('commands');
    wrap(channel, first!.text('plain'));
    wrap(channel, second!.text('plain'));
    const late = { data: both.bytes('reply'), sw: 0x9000 };
    expect(faultOf(() => channel.unwrap(late)).code).toBe('CARD_UNUSABLE');
  });

  it('lets an error status word through without a MAC, but no data with it', () => {
    const { channel } = opened(both);
    wrap(channel, '80F22002');
    const error = { data: new Uint8Array(0), sw: 0x6985 };
    expect(channel.unwrap(error)).toEqual(error);
    expect(faultOf(() => channel.unwrap({ data: fromHex('00'), sw: 0x6985 })).code).toBe(
      'CARD_UNUSABLE',
    );
  });

  it('refuses a success without an R-MAC', () => {
    const { channel } = opened(both);
    wrap(channel, '80F22002');
    expect(faultOf(() => channel.unwrap({ data: new Uint8Array(7), sw: 0x9000 })).message).toMatch(
      /R-MAC of 8 bytes/,
    );
  });

  it('chains: the same command twice has two MACs', () => {
    const { channel } = opened(session('AES-128 level 11'));
    expect(wrap(channel, '80F22002')).not.toBe(wrap(channel, '80F22002'));
  });

  it('counts commands without data, so the next cryptogram differs', () => {
    const cipherOf = (count: number): string => {
      const { channel } = opened(session('AES-128 level 03'));
      for (let index = 0; index < count; index++) wrap(channel, '80F22002');
      return wrap(channel, '80E2910006BF3E035C015A').slice(10, 42);
    };
    expect(cipherOf(1)).not.toBe(cipherOf(0));
  });

  it('covers the three bytes of an extended Lc', () => {
    const { channel } = opened(session('AES-128 level 11'));
    const wrapped = wrap(channel, `80E20000000100${'00'.repeat(256)}`);
    expect(wrapped.slice(0, 14)).toBe('84E20000000108');
    expect(wrapped).toHaveLength(2 * (7 + 264));
  });

  it('is opened with a challenge of 8 bytes', () => {
    const keys = { enc: both.bytes('enc'), mac: both.bytes('mac') };
    const initializeUpdateReply = both.bytes('initializeUpdateReply');
    const hostChallenge = both.bytes('hostChallenge').slice(1);
    const open = (): unknown =>
      openScp03({ keys, hostChallenge, initializeUpdateReply, level: 0x33 });
    expect(thrownBy(open)).toBeInstanceOf(Defect);
  });

  it('is for the basic logical channel', () => {
    const { channel } = opened(both);
    expect(thrownBy(() => wrap(channel, '81F22002'))).toBeInstanceOf(Defect);
  });

  it('takes an answer to INITIALIZE UPDATE of 29 or 32 bytes', () => {
    const reply = both.bytes('initializeUpdateReply');
    expect(() => opened(both, reply.slice(0, 29))).not.toThrow();
    expect(decodeErrorOf(() => opened(both, reply.slice(0, 30)))).toEqual({
      path: 'initializeUpdateReply',
      offset: 0,
    });
  });
});

describe('a reply that the card has authenticated', () => {
  const keyOf = (byte: number): Uint8Array => new Uint8Array(16).fill(byte);
  const keys = { enc: keyOf(1), mac: keyOf(2), rmac: keyOf(3) };
  /** The first command of a channel without data, and what its MAC chains to: Amendment D, 6.2.4. */
  const command = { cla: 0x80, ins: 0xf2, p1: 0x20, p2: 0x02, data: new Uint8Array(0), ne: 0 };
  const chain = cmac(prepareCmacKey(keys.mac), fromHex(`${'00'.repeat(16)}84F2200208`));

  function unwrapped(cipher: Uint8Array, sw = 0x9000): ReturnType<Scp03Channel['unwrap']> {
    const channel = new Scp03Channel(keys, 0x33);
    channel.wrap(command);
    const covered = concat(chain, cipher, Uint8Array.of(sw >> 8, sw & 0xff));
    const mac = cmac(prepareCmacKey(keys.rmac), covered).slice(0, 8);
    return channel.unwrap({ data: concat(cipher, mac), sw });
  }

  /** Enciphered under the counter of the first command: 6.2.7. */
  function enciphered(padded: string): Uint8Array {
    const iv = aesEcbEncrypt(keys.enc, fromHex(`80${'00'.repeat(14)}01`));
    return aesCbcEncrypt(keys.enc, iv, fromHex(padded));
  }

  it('may have no data', () => {
    expect(unwrapped(new Uint8Array(0))).toEqual({ data: new Uint8Array(0), sw: 0x9000 });
  });

  it.each([0x9000, 0x6283, 0x6310])('is deciphered with status word %i', (sw) => {
    const { data } = unwrapped(enciphered(`0102${'80'.padEnd(28, '0')}`), sw);
    expect(toHex(data)).toBe('0102');
  });

  it.each([
    ['of padding alone', ''],
    ['of whole blocks', '11'.repeat(16)],
  ])('may be %s', (_what, plain) => {
    expect(toHex(unwrapped(enciphered(plain + '80'.padEnd(32, '0'))).data)).toBe(plain);
  });

  it.each([
    ['not whole blocks', new Uint8Array(8), /whole blocks of 16 bytes/],
    ['without padding', enciphered('11'.repeat(16)), /padding 80 00/],
    ['of nothing but zeros', enciphered('00'.repeat(16)), /padding 80 00/],
  ])('is refused %s', (_what, cipher, message) => {
    const fault = faultOf(() => unwrapped(cipher));
    expect([fault.code, fault.message]).toEqual(['CARD_UNUSABLE', expect.stringMatching(message)]);
  });

  it('is read by a channel whose caller has wiped the keys since', () => {
    const own = { enc: keys.enc.slice(), mac: keys.mac.slice(), rmac: keys.rmac.slice() };
    const [kept, wiped] = [new Scp03Channel(keys, 0x33), new Scp03Channel(own, 0x33)];
    for (const key of Object.values(own)) key.fill(0);
    const put = { ...command, data: fromHex('0102') };
    expect(wiped.wrap(put)).toEqual(kept.wrap(put));
  });
});
