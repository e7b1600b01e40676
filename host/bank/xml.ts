// SPDX-License-Identifier: MIT
/**
 * XML of a bank, read with limits: no document type and so no entities of its own, a bounded size and depth,
 * namespaces by their local names alone, because every bank has another version of the same message.
 */
import { XMLParser } from 'fast-xml-parser';
import { SyntaxValidator } from 'fast-xml-validator';
import { LIMITS } from '../../src/clearing/limits.table.ts';
import { Fault } from '../../src/errors/fault.ts';

/** @throws BANK_FILE_REFUSED */
export function refuseFile(path: string, expected: string, got: unknown): never {
  const shown = got === undefined ? 'nothing' : JSON.stringify(got).slice(0, 100);
  throw new Fault('BANK_FILE_REFUSED', `"${path}" expected ${expected}, got ${shown}`);
}

const TEXT = '#text';
const ATTRIBUTE = '@';

/** An element and its place, such as `Document/BkToCstmrStmt/Stmt[1]/Ntry[3]`. */
export class XmlElement {
  readonly path: string;
  readonly #value: unknown;

  constructor(path: string, value: unknown) {
    this.path = path;
    this.#value = value;
  }

  /** The children of that name, in their order. */
  all(name: string): readonly XmlElement[] {
    if (typeof this.#value !== 'object' || this.#value === null) return [];
    // An object by the check above; the parser gives arrays for all children.
    const children = (this.#value as Readonly<Record<string, unknown>>)[name];
    if (!Array.isArray(children)) return [];
    const path = this.path === '' ? name : `${this.path}/${name}`;
    return children.map(
      (child: unknown, index) =>
        new XmlElement(children.length === 1 ? path : `${path}[${index + 1}]`, child),
    );
  }

  /** The first element at the end of these names. */
  find(...names: readonly string[]): XmlElement | undefined {
    const [first, ...rest] = names;
    return first === undefined ? this : this.all(first)[0]?.find(...rest);
  }

  /** @throws BANK_FILE_REFUSED when there is none. */
  required(...names: readonly string[]): XmlElement {
    return (
      this.find(...names) ?? refuseFile(`${this.path}/${names.join('/')}`, 'an element', undefined)
    );
  }

  /** The text of the element at the end of these names, or nothing. */
  text(...names: readonly string[]): string {
    return this.find(...names)?.own ?? '';
  }

  /** @throws BANK_FILE_REFUSED when it is missing or empty. */
  requiredText(...names: readonly string[]): string {
    const element = this.required(...names);
    return element.own === '' ? refuseFile(element.path, 'text', undefined) : element.own;
  }

  attribute(name: string): string {
    if (typeof this.#value !== 'object' || this.#value === null) return '';
    // An object by the check above.
    const value = (this.#value as Readonly<Record<string, unknown>>)[ATTRIBUTE + name];
    return typeof value === 'string' ? value : '';
  }

  /** The text of this element. */
  get own(): string {
    if (typeof this.#value === 'string') return this.#value;
    if (typeof this.#value !== 'object' || this.#value === null) return '';
    // An object by the check above.
    const text = (this.#value as Readonly<Record<string, unknown>>)[TEXT];
    return typeof text === 'string' ? text : '';
  }
}

function decodeText(bytes: Uint8Array): string {
  const { max } = LIMITS.bankFileBytes;
  if (bytes.length > max) {
    throw new Fault('LIMIT_EXCEEDED', `"file" expected at most ${max} bytes, got ${bytes.length}`);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return refuseFile('file', 'text in UTF-8', 'other bytes');
  }
}

/**
 * The root element, `Document`.
 * @throws BANK_FILE_REFUSED on what is no well-formed XML in UTF-8 or has a document type; LIMIT_EXCEEDED.
 */
export function parseXml(bytes: Uint8Array): XmlElement {
  const text = decodeText(bytes);
  if (/<!(DOCTYPE|ENTITY)/i.test(text)) refuseFile('file', 'no document type', '<!DOCTYPE');
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: ATTRIBUTE,
    textNodeName: TEXT,
    removeNSPrefix: true,
    parseTagValue: false,
    // Numeric references, which have no other switch.
    htmlEntities: true,
    // The parser counts the elements around one, without itself.
    maxNestedTags: LIMITS.bankFileDepth.max - 1,
    isArray: (_name, _path, _isLeaf, isAttribute) => !isAttribute,
  });
  let value: unknown;
  try {
    // The parser alone would mend what is not well-formed.
    SyntaxValidator.validate(text);
    value = parser.parse(text);
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : 'no XML';
    // The parser has no other sign of it than its words.
    if (problem.startsWith('Maximum nested tags')) {
      const { max } = LIMITS.bankFileDepth;
      throw new Fault(
        'LIMIT_EXCEEDED',
        `"file" expected at most ${max} elements within each other`,
      );
    }
    return refuseFile('file', 'well-formed XML', problem);
  }
  return new XmlElement('', value).find('Document') ?? refuseFile('file', 'a Document', undefined);
}
