// SPDX-License-Identifier: MIT
/** Texts with an Ed25519 signature: what host and terminals say to each other besides batches. */
import { concat } from '../bytes/concat.ts';
import { fromHex, toHex } from '../bytes/hex.ts';
import { ed25519Sign, ed25519Verify } from '../crypto/ed25519.ts';
import type { FaultCode } from '../errors/catalogue.table.ts';
import { Fault } from '../errors/fault.ts';

/** JSON text with the signature over domain ‖ the UTF-8 of the text, hexadecimal. */
export interface Signed {
  readonly payload: string;
  readonly signature: string;
}

/** What a signed text is: no text of one domain passes for one of another. */
export interface SignedKind {
  readonly domain: string;
  /** As messages call it. */
  readonly name: string;
  /** Who is expected to have signed, as messages say it. */
  readonly signer: string;
  /** The fault of one that is not signed so. */
  readonly fault: FaultCode;
}

const utf8 = new TextEncoder();

function signedBytes(domain: string, payload: string): Uint8Array {
  return concat(utf8.encode(domain), utf8.encode(payload));
}

/** Signs a value as JSON with a secret of 32 bytes. */
export function signValue(
  { domain }: SignedKind,
  value: unknown,
  seed: Readonly<Uint8Array>,
): Signed {
  const payload = JSON.stringify(value);
  return { payload, signature: toHex(ed25519Sign(seed, signedBytes(domain, payload))) };
}

/** Whether a value is an object with names. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether a value is a whole number from 0 to `max`. */
export function isUint(value: unknown, max = Number.MAX_SAFE_INTEGER): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0 && Number(value) <= max;
}

/** The value of a JSON text; undefined when it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Reads a payload that nobody has verified, to learn whose key to verify it with. */
export function unverifiedPayload(signed: Signed): Readonly<Record<string, unknown>> {
  const value = parseJson(signed.payload);
  return isObject(value) ? value : {};
}

/**
 * Opens a signed text that must have the form `isForm`.
 * @throws the fault of its kind when it is not the signer's, or of another form.
 */
export function openSigned<T>(
  kind: SignedKind,
  signed: unknown,
  publicKey: Readonly<Uint8Array>,
  isForm: (value: unknown) => value is T,
): T {
  const refuse = (expected: string): never => {
    throw new Fault(kind.fault, `"${kind.name}" expected ${expected}`);
  };
  if (!isObject(signed)) return refuse('payload and signature');
  const { payload, signature } = signed;
  if (typeof payload !== 'string' || typeof signature !== 'string') {
    return refuse('payload and signature');
  }
  // 64 bytes of hexadecimal; anything else is not worth a decode error of its own.
  const isHex = /^[0-9a-fA-F]{128}$/.test(signature);
  const isTheirs =
    isHex && ed25519Verify(publicKey, signedBytes(kind.domain, payload), fromHex(signature));
  if (!isTheirs) return refuse(`the signature of ${kind.signer}`);
  const value = parseJson(payload);
  return isForm(value) ? value : refuse(`the form of a ${kind.name}`);
}
