// SPDX-License-Identifier: MIT
/**
 * A request that a terminal signs with the Ed25519 key it is enrolled with: one fixed profile of HTTP
 * Message Signatures. Sources: RFC 9421, 2.5 (signature base), 3.3.6 (ed25519); RFC 9530 (Content-Digest).
 *
 *   Content-Digest: sha-256=:…:
 *   Signature-Input: terminal=("@method" "@path" "@query" "content-digest");created=…;keyid="…";nonce="…";alg="ed25519";tag="openpurse-terminal"
 *   Signature: terminal=:…:
 *
 * The digest is that of the body, the empty one too. Parameters stand in just this order.
 */
import { fromBase64, toBase64 } from '../bytes/base64.ts';
import { equalBytes } from '../bytes/compare.ts';
import { ed25519Sign, ed25519Verify } from '../crypto/ed25519.ts';
import { sha256 } from '../crypto/sha256.ts';

/** Seconds that the time of a request may be away from the host's, either way. */
export const REQUEST_AGE_MAX_SECONDS = 300;
/** Random bytes of a nonce. */
export const REQUEST_NONCE_SIZE = 16;

/** What of a request is signed, besides its body. */
export interface RequestTarget {
  /** Upper case. */
  readonly method: string;
  /** As it goes over the wire, with the query. */
  readonly url: string;
}

/** Who signs, when, and what makes the request unlike every other. */
export interface RequestStamp {
  /** 12 upper-case hexadecimal digits. */
  readonly terminalId: string;
  /** Seconds since 1970-01-01T00:00:00Z. */
  readonly createdSeconds: number;
  /** Upper-case hexadecimal. */
  readonly nonce: string;
}

/** The three headers of a signed request, names in lower case. */
export interface SignatureHeaders {
  readonly 'content-digest': string;
  readonly 'signature-input': string;
  readonly signature: string;
}

/** What a receiver reads from the headers; nothing of it is proven before `isSignedBy`. */
export interface SignedRequest extends RequestStamp {
  /** SHA-256 that the body must have. */
  readonly bodyDigest: Uint8Array;
  isSignedBy(publicKey: Readonly<Uint8Array>, target: RequestTarget): boolean;
}

const COMPONENTS = '("@method" "@path" "@query" "content-digest")';
const INPUT =
  /^terminal=(\("@method" "@path" "@query" "content-digest"\);created=(\d{1,12});keyid="([0-9A-F]{12})";nonce="([0-9A-F]{32})";alg="ed25519";tag="openpurse-terminal")$/;
/** 64 and 32 bytes of base64. */
const SIGNATURE = /^terminal=:([A-Za-z0-9+/]{86}==):$/;
const DIGEST = /^sha-256=:([A-Za-z0-9+/]{43}=):$/;

const utf8 = new TextEncoder();

/** The headers that sign a request with this body. */
export function signRequest(
  seed: Readonly<Uint8Array>,
  stamp: RequestStamp,
  target: RequestTarget,
  body: Readonly<Uint8Array>,
): SignatureHeaders {
  const contentDigest = `sha-256=:${toBase64(sha256(body))}:`;
  const { createdSeconds, terminalId, nonce } = stamp;
  const parameters = `${COMPONENTS};created=${createdSeconds};keyid="${terminalId}";nonce="${nonce}";alg="ed25519";tag="openpurse-terminal"`;
  const signature = ed25519Sign(seed, signatureBase(target, contentDigest, parameters));
  return {
    'content-digest': contentDigest,
    'signature-input': `terminal=${parameters}`,
    signature: `terminal=:${toBase64(signature)}:`,
  };
}

/** Reads the headers of a signed request; undefined when they are not of this profile. */
export function readSignedRequest(headers: SignatureHeaders): SignedRequest | undefined {
  const contentDigest = headers['content-digest'];
  const input = INPUT.exec(headers['signature-input']);
  const signature = bytesIn(SIGNATURE, headers.signature);
  const bodyDigest = bytesIn(DIGEST, contentDigest);
  if (input === null || signature === undefined || bodyDigest === undefined) return undefined;
  // The groups of a match of INPUT, none of which is optional.
  const [, parameters, created, terminalId, nonce] = input as unknown as InputGroups;
  return {
    terminalId,
    createdSeconds: Number(created),
    nonce,
    bodyDigest,
    isSignedBy: (publicKey, target) =>
      ed25519Verify(publicKey, signatureBase(target, contentDigest, parameters), signature),
  };
}

type InputGroups = readonly [string, string, string, string, string];

function bytesIn(pattern: RegExp, header: string): Uint8Array | undefined {
  const text = pattern.exec(header)?.[1];
  return text === undefined ? undefined : fromBase64(text);
}

/** Whether a body is the one that was signed. */
export function hasDigest(body: Readonly<Uint8Array>, digest: Readonly<Uint8Array>): boolean {
  return equalBytes(sha256(body), digest);
}

function signatureBase(
  { method, url }: RequestTarget,
  contentDigest: string,
  parameters: string,
): Uint8Array {
  const queryAt = url.indexOf('?');
  const path = queryAt < 0 ? url : url.slice(0, queryAt);
  // A request without a query has the query "?". RFC 9421, 2.2.7.
  const query = queryAt < 0 ? '?' : url.slice(queryAt);
  return utf8.encode(
    [
      `"@method": ${method}`,
      `"@path": ${path}`,
      `"@query": ${query}`,
      `"content-digest": ${contentDigest}`,
      `"@signature-params": ${parameters}`,
    ].join('\n'),
  );
}
