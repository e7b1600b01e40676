// SPDX-License-Identifier: MIT
/** Reads the vector files. A vector is a JSON object; what it lacks or has in another type is an error. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { fromHex, toHex } from '../../src/bytes/hex.ts';

type Json = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** One vector with typed access to its members. */
export class Vector {
  readonly #members: Json;
  readonly #where: string;

  constructor(members: unknown, where: string) {
    if (!isObject(members)) throw new Error(`${where}: expected an object`);
    this.#members = members;
    this.#where = where;
  }

  get name(): string {
    return this.text('name');
  }

  /** The name with the note, for titles. */
  get title(): string {
    return [this.name, this.optionalText('note')].filter((part) => part !== undefined).join(', ');
  }

  has(key: string): boolean {
    return Object.hasOwn(this.#members, key);
  }

  text(key: string): string {
    const value = this.#members[key];
    if (typeof value !== 'string') throw this.#wrong(key, 'a string');
    return value;
  }

  optionalText(key: string): string | undefined {
    return this.has(key) ? this.text(key) : undefined;
  }

  number(key: string): number {
    const value = this.#members[key];
    if (typeof value !== 'number') throw this.#wrong(key, 'a number');
    return value;
  }

  boolean(key: string): boolean {
    const value = this.#members[key];
    if (typeof value !== 'boolean') throw this.#wrong(key, 'true or false');
    return value;
  }

  bytes(key: string): Uint8Array {
    return fromHex(this.text(key), `${this.#where}.${key}`);
  }

  record(key: string): Json {
    const value = this.#members[key];
    if (!isObject(value)) throw this.#wrong(key, 'an object');
    return value;
  }

  list(key: string): readonly Vector[] {
    const value = this.#members[key];
    if (!Array.isArray(value)) throw this.#wrong(key, 'an array');
    return value.map((item, index) => new Vector(item, `${this.#where}.${key}[${index}]`));
  }

  /** The members of `error`, of a bad vector. */
  get error(): Vector {
    return new Vector(this.record('error'), `${this.#where}.error`);
  }

  #wrong(key: string, expected: string): Error {
    return new Error(`${this.#where}: "${key}" expected ${expected}`);
  }
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(fileURLToPath(new URL(file, import.meta.url)), 'utf8'));
}

function asVectors(value: unknown, where: string): readonly Vector[] {
  if (!Array.isArray(value)) throw new Error(`${where}: expected an array`);
  return value.map((item, index) => new Vector(item, `${where}[${index}]`));
}

/** The vectors of a file that is one array, by its name without `.json`. */
export function readVectors(file: string): readonly Vector[] {
  return asVectors(readJson(`${file}.json`), file);
}

/** The vectors under one key of a file that has several arrays. */
export function readSection(file: string, section: string): readonly Vector[] {
  const json = readJson(`${file}.json`);
  if (!isObject(json)) throw new Error(`${file}: expected an object`);
  return asVectors(json[section], `${file}.${section}`);
}

/** Vectors of a table: of `tables/<table>.json`, and those computed for the AES suite beside it. */
export function readTableVectors(table: string, section: string): readonly Vector[] {
  const files = [`./tables/${table}`, `./tables/${table}.aes`];
  return files.flatMap((file) => {
    const json = existsSync(fileURLToPath(new URL(`${file}.json`, import.meta.url)))
      ? readJson(`${file}.json`)
      : {};
    return isObject(json) && json[section] !== undefined
      ? asVectors(json[section], `${file}.${section}`)
      : [];
  });
}

/** A decoded value as vectors write it: byte arrays as hexadecimal. */
export function asJson(value: object): Json {
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [
      key,
      part instanceof Uint8Array ? toHex(part) : (part as unknown),
    ]),
  );
}
