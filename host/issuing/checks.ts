// SPDX-License-Identifier: MIT
/** What comes in from outside: names, references, texts, days. */
import { Fault } from '../../src/errors/fault.ts';
import { isCalendarDate } from '../../src/time/civil.ts';

/** Characters of a name, a contact or a note at most. */
const TEXT_MAX = 200;

/** A name as in accounts: of an agent, a holder, a lot. @throws USAGE */
export function checkName(what: string, name: string): string {
  if (!/^[A-Za-z0-9._-]{1,32}$/.test(name)) {
    throw new Fault('USAGE', `"${what}" expected 1 to 32 letters, digits, . _ -, got "${name}"`);
  }
  return name;
}

/** A reference by which a request is known when it is made again. @throws USAGE */
export function checkReference(reference: string): string {
  if (!/^[A-Za-z0-9._:-]{1,64}$/.test(reference)) {
    throw new Fault(
      'USAGE',
      `"reference" expected 1 to 64 letters, digits, . _ : -, got "${reference}"`,
    );
  }
  return reference;
}

/** Text for people on one line. @throws USAGE */
export function checkText(what: string, text: string): string {
  if (text.length > TEXT_MAX || /\p{Cc}/u.test(text)) {
    throw new Fault(
      'USAGE',
      `"${what}" expected at most ${TEXT_MAX} characters on one line, got ${text.length}`,
    );
  }
  return text;
}

/** A day as YYYYMMDD; YYYY-MM-DD is taken, too. @throws USAGE */
export function checkDay(what: string, day: string): string {
  const digits = /^\d{4}-\d{2}-\d{2}$/.test(day) ? day.replaceAll('-', '') : day;
  if (!isCalendarDate(digits)) {
    throw new Fault('USAGE', `"${what}" expected a day such as 2026-02-03, got "${day}"`);
  }
  return digits;
}
