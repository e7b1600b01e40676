// SPDX-License-Identifier: MIT
/** Base64 with padding. Source: RFC 4648, 4. */

/** Bytes as base64. */
export function toBase64(bytes: Readonly<Uint8Array>): string {
  return btoa(String.fromCharCode(...bytes));
}

/** Bytes of base64 text; undefined when it is none, or not the one way to write these bytes. */
export function fromBase64(text: string): Uint8Array | undefined {
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)) {
    return undefined;
  }
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  return toBase64(bytes) === text ? bytes : undefined;
}
