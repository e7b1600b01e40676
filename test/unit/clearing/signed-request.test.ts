// SPDX-License-Identifier: MIT
import { createHash, createPublicKey, verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ed25519PublicKey } from '../../../src/crypto/ed25519.ts';
import {
  hasDigest,
  readSignedRequest,
  signRequest,
  type SignatureHeaders,
} from '../../../src/clearing/signed-request.ts';

const SEED = new Uint8Array(32).fill(7);
const KEY = ed25519PublicKey(SEED);
const STAMP = { terminalId: '1000000000AB', createdSeconds: 1_770_000_000, nonce: '0F'.repeat(16) };
const TARGET = { method: 'POST', url: '/v1/loads?dry=1' };
const BODY = new TextEncoder().encode('{"amount":500}');
const signed = (target = TARGET): SignatureHeaders => signRequest(SEED, STAMP, target, BODY);

describe('a signed request', () => {
  it('has the signature base of RFC 9421, by another verifier', () => {
    const digest = `sha-256=:${createHash('sha256').update(BODY).digest('base64')}:`;
    const parameters =
      '("@method" "@path" "@query" "content-digest");created=1770000000;keyid="1000000000AB";nonce="0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F";alg="ed25519";tag="openpurse-terminal"';
    const base = `"@method": POST\n"@path": /v1/loads\n"@query": ?dry=1\n"content-digest": ${digest}\n"@signature-params": ${parameters}`;
    const headers = signed();
    expect(headers['content-digest']).toBe(digest);
    expect(headers['signature-input']).toBe(`terminal=${parameters}`);
    const signature = Buffer.from(headers.signature.slice('terminal=:'.length, -1), 'base64');
    const jwk = { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(KEY).toString('base64url') };
    const publicKey = createPublicKey({ key: jwk, format: 'jwk' });
    expect(verify(null, Buffer.from(base), publicKey, signature)).toBe(true);
  });

  it('has the query "?" where there is none', () => {
    const request = readSignedRequest(signed({ method: 'POST', url: '/v1/loads' }));
    expect(request?.isSignedBy(KEY, { method: 'POST', url: '/v1/loads' })).toBe(true);
    expect(request?.isSignedBy(KEY, { method: 'POST', url: '/v1/loads?a=1' })).toBe(false);
  });

  it('reads as it was signed', () => {
    const request = readSignedRequest(signed());
    expect(request).toMatchObject(STAMP);
    expect(request?.isSignedBy(KEY, TARGET)).toBe(true);
    expect(hasDigest(BODY, request!.bodyDigest)).toBe(true);
    expect(hasDigest(new Uint8Array(0), request!.bodyDigest)).toBe(false);
  });

  it.each([
    ['another method', { ...TARGET, method: 'GET' }, {}],
    ['another path', { ...TARGET, url: '/v1/batches?dry=1' }, {}],
    ['another query', { ...TARGET, url: '/v1/loads?dry=0' }, {}],
    ['another time', TARGET, { 'signature-input': ['1770000000', '1770000001'] }],
    ['another terminal', TARGET, { 'signature-input': ['1000000000AB', '1000000000AC'] }],
    ['another nonce', TARGET, { 'signature-input': ['0F0F', '0F0E'] }],
    ['another digest', TARGET, { 'content-digest': [/:../, ':AA'] }],
  ] as const)('does not hold for %s', (_name, target, changes) => {
    const headers: Record<string, string> = { ...signed() };
    for (const [name, [from, to]] of Object.entries(changes) as [
      string,
      readonly [string | RegExp, string],
    ][]) {
      headers[name] = headers[name]!.replace(from, to);
    }
    // The names are those of the headers that were copied.
    const request = readSignedRequest(headers as unknown as SignatureHeaders);
    expect(request?.isSignedBy(KEY, target)).toBe(false);
  });

  it.each([
    ['no signature', { signature: '' }],
    ['a signature of 63 bytes', { signature: `terminal=:${'A'.repeat(84)}:` }],
    ['another label', { signature: `sig1=:${'A'.repeat(86)}==:` }],
    ['no digest', { 'content-digest': '' }],
    ['another algorithm of the digest', { 'content-digest': `sha-512=:${'A'.repeat(43)}=:` }],
    [
      'fewer components',
      { 'signature-input': signed()['signature-input'].replace('"@query" ', '') },
    ],
    [
      'another algorithm',
      { 'signature-input': signed()['signature-input'].replace('ed25519', 'none') },
    ],
    ['something behind it', { 'signature-input': `${signed()['signature-input']};x` }],
  ])('is not read from %s', (_name, change) => {
    expect(readSignedRequest({ ...signed(), ...change })).toBeUndefined();
  });
});
