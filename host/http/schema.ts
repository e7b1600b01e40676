// SPDX-License-Identifier: MIT
/** JSON schemas in few words: of what comes in, which is refused where it does not fit, and of answers. */

export type JsonSchema = Readonly<Record<string, unknown>>;

/** An object with just these members; all are there but those that are named `optional`. */
export function object(
  properties: Readonly<Record<string, JsonSchema>>,
  optional: readonly string[] = [],
): JsonSchema {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return { type: 'object', additionalProperties: false, required, properties };
}

export function array(items: JsonSchema): JsonSchema {
  return { type: 'array', items };
}

/** An object whose members all have this schema. */
export function dictionary(values: JsonSchema): JsonSchema {
  return { type: 'object', additionalProperties: values };
}

export function nullable(schema: JsonSchema): JsonSchema {
  return { anyOf: [schema, { type: 'null' }] };
}

export function oneOf(values: readonly string[]): JsonSchema {
  return { type: 'string', enum: values };
}

/** `bytes` bytes as upper-case hexadecimal. */
export function hex(bytes: number): JsonSchema {
  return { type: 'string', pattern: `^[0-9A-F]{${2 * bytes}}$` };
}

export function uint(maximum: number): JsonSchema {
  return { type: 'integer', minimum: 0, maximum };
}

export const TEXT: JsonSchema = { type: 'string' };
export const FLAG: JsonSchema = { type: 'boolean' };
export const COUNT: JsonSchema = { type: 'integer', minimum: 0 };
/** Minor units, zero or more. */
export const MONEY: JsonSchema = { type: 'integer', minimum: 0 };
/** Minor units of either sign. */
export const SIGNED_MONEY: JsonSchema = { type: 'integer' };
/** Milliseconds since 1970-01-01T00:00:00Z. */
export const INSTANT: JsonSchema = { type: 'integer' };
export const TERMINAL_ID: JsonSchema = hex(6);
export const SERIAL: JsonSchema = { type: 'string', pattern: '^[0-9]{20}$' };
export const MERCHANT: JsonSchema = { type: 'string', pattern: '^[A-Za-z0-9._-]{1,32}$' };

/** A query that asks for what comes after a row: pages have a size of their own. */
export const AFTER_QUERY: JsonSchema = object(
  // In a URL everything is text; `afterOf` reads the number.
  { after: { type: 'string', pattern: '^[0-9]{1,15}$' } },
  ['after'],
);

export interface AfterQuery {
  readonly after?: string;
}

/** The row that a page comes after; 0 for the first. */
export function afterOf({ after = '0' }: AfterQuery): number {
  return Number(after);
}
