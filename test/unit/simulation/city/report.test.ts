// SPDX-License-Identifier: MIT
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { amount, signedAmount } from '../../../../src/money/amount.ts';
import { RULES } from '../../../../src/clearing/rules.table.ts';
import { FRAUDS } from '../../../../simulation/city/adversaries/frauds.table.ts';
import { CHECKS } from '../../../../simulation/city/checks/check.ts';
import { FAULTS } from '../../../../simulation/city/faults/faults.table.ts';
import { latencyBars } from '../../../../simulation/city/report/charts/latency-bars.ts';
import { PALETTE } from '../../../../simulation/city/report/palette.ts';
import { cityReport } from '../../../../simulation/city/report/report.ts';
import type { CityResult, Latency, ViolationLine } from '../../../../simulation/city/result.ts';
import { sampleResult } from './report-sample.ts';

const PAGE = await cityReport(sampleResult());

const VIOLATION: ViolationLine = {
  check: 'cardTruth',
  step: 40_122,
  at: '2026-03-09 18:22:07',
  subject: 'card 6228000000000417',
  expected: 'balance 120.00',
  found: 'balance 140.00',
};

/** The section of that id, from its opening to its closing tag. */
function sectionOf(page: string, id: string): string {
  const found = new RegExp(`<section id="${id}">.*?</section>`, 's').exec(page)?.[0];
  expect(found, id).toBeDefined();
  return found ?? '';
}

const rowOf = (section: string, name: string): string =>
  new RegExp(`<tr><th scope="row"><code>${name}</code>.*?</tr>`, 's').exec(section)?.[0] ?? '';

const escaped = (text: string): string => text.replaceAll("'", '&#39;');

const captured = (page: string, pattern: RegExp): readonly string[] =>
  [...page.matchAll(pattern)].map((match) => match[1] ?? '');

describe('the report of a city', () => {
  it('needs nothing but itself', () => {
    expect(PAGE).not.toMatch(/http:|https:|src=|<script|@import|<link|<img|javascript:/i);
    expect(PAGE).not.toMatch(/\son\w+=/);
    expect(PAGE.replaceAll(/url\(#[\w-]+\)/g, '')).not.toContain('url(');
  });

  it('has a policy that lets its own style sheet in and nothing else', () => {
    const sheet = /<style>(.*?)<\/style>/s.exec(PAGE)?.[1] ?? '';
    const digest = createHash('sha256').update(sheet).digest('base64');
    expect(PAGE).toContain(
      `content="default-src 'none'; style-src 'sha256-${digest}'; base-uri 'none'; form-action 'none'"`,
    );
    expect(captured(PAGE, /(<style)/g)).toHaveLength(1);
    expect(PAGE).not.toContain(' style=');
  });

  it('has the same bytes for the same result, whatever was drawn before', async () => {
    const first = await cityReport(sampleResult());
    await cityReport(sampleResult({ stations: [] }));
    expect(await cityReport(sampleResult())).toBe(first);
    expect(await cityReport(sampleResult({ seed: 7 }))).not.toBe(first);
  });

  it('depends on the machine in one section only', async () => {
    const { measured } = sampleResult();
    const here = PAGE;
    const there = await cityReport(
      sampleResult({
        measured: {
          ...measured,
          node: 'v24.1.0',
          wallMs: 1,
          tapMicroseconds: measured.batchMilliseconds,
        },
      }),
    );
    const rest = (page: string): string => page.replace(sectionOf(page, 'latency'), '');
    expect(there).not.toBe(here);
    expect(rest(there)).toBe(rest(here));
  });

  it('has unique ids, and every reference leads to one', () => {
    const ids = captured(PAGE, / id="([^"]*)"/g);
    expect(ids).toContain('stations');
    expect(new Set(ids).size).toBe(ids.length);
    const references = captured(PAGE, /(?:url\(|href=")#([\w-]+)/g);
    expect(references.length).toBeGreaterThan(9);
    expect(references.filter((id) => !ids.includes(id))).toEqual([]);
  });

  it('draws in no colour that has no dark twin', () => {
    const drawings = captured(PAGE, /(<svg.*?<\/svg>)/gs)
      .join('')
      .replaceAll(/<clipPath.*?<\/clipPath>/gs, '')
      // The key of a line: two points enclose nothing that could be filled.
      .replaceAll(/(<path d="M[\d.]+ [\d.]+L[\d.]+ [\d.]+"[^>]*) fill="#000"/g, '$1');
    const known: readonly string[] = [...Object.values(PALETTE).map(({ light }) => light), 'none'];
    const used = new Set(captured(drawings, / (?:fill|stroke)="([^"]*)"/g));
    expect(used.size).toBeGreaterThan(8);
    expect([...used].filter((colour) => !known.includes(colour))).toEqual([]);
    expect(new Set(known).size).toBe(known.length);
  });
});

describe('names that would be markup', () => {
  const HOSTILE = `</svg><script>alert(1)</script><b onclick="x" a='y'>&amp;{b}`;
  const result = sampleResult();

  it('stay text wherever they come from', async () => {
    const page = await cityReport(
      sampleResult({
        scenario: HOSTILE,
        stateHash: HOSTILE,
        stations: result.stations.map((station) => ({ ...station, name: HOSTILE })),
        days: [
          { ...result.days[0]!, date: HOSTILE },
          { ...result.days[1]!, date: HOSTILE },
        ],
        taps: { ...result.taps, declinedBy: { [HOSTILE]: 5 } },
        measured: { ...result.measured, node: HOSTILE },
        violation: {
          ...VIOLATION,
          subject: HOSTILE,
          expected: HOSTILE,
          found: HOSTILE,
          at: HOSTILE,
        },
      }),
    );
    const own = new Set(captured(await cityReport(result), /<\/?(\w+)/g));
    const foreign = captured(page, /<\/?(\w+)/g).filter((tag) => !own.has(tag));
    expect(foreign).toEqual([]);
    expect(page).not.toContain('onclick="');
    expect(page).not.toContain('<b onclick');
    expect(page.split('&lt;script&gt;alert(1)').length).toBeGreaterThan(20);
  });

  it('are not taken for templates of the library of charts', async () => {
    const [first, ...rest] = result.stations;
    const page = await cityReport(
      sampleResult({ stations: [{ ...first!, name: 'A{b}' }, ...rest] }),
    );
    expect(captured(sectionOf(page, 'stations'), /<text[^>]*>(A\{b\})<\/text>/g)).toHaveLength(2);
  });
});

describe('the head', () => {
  it('says that all checks hold, with what was run', () => {
    expect(PAGE).toContain('All checks hold.');
    expect(PAGE).toContain('8 checks looked 110,214 times in 61,447 steps.');
    expect(PAGE).toContain(
      'openpurse simulate city --scenario two-weeks --seed 20260302 --until 61447<',
    );
    expect(PAGE).toContain('<time>2026-03-02</time> to <time>2026-03-15</time>');
    expect(PAGE).toContain(sampleResult().stateHash);
    for (const text of ['1,480', '1,523 cards', '204 terminals', '24,713', '64 of 65']) {
      expect(PAGE).toContain(text);
    }
  });

  it('says what is violated and how to see it again', async () => {
    const page = await cityReport(sampleResult({ violation: VIOLATION }));
    expect(page).not.toContain('All checks hold');
    expect(page).toContain('The check cardTruth is violated: card 6228000000000417.');
    expect(page).toContain('<dt>Expected</dt><dd>balance 120.00</dd>');
    expect(page).toContain('<dt>Found</dt><dd>balance 140.00</dd>');
    expect(page).toContain('step 40,122, 2026-03-09 18:22:07');
    expect(page).toContain('--scenario two-weeks --seed 20260302 --until 40122<');
    const checks = sectionOf(page, 'checks');
    expect(rowOf(checks, 'cardTruth')).toContain('<b class="bad">violated</b>');
    expect(rowOf(checks, 'ledger')).toContain('<b class="good">held so far</b>');
  });

  it('writes a command that a shell takes for what it is', async () => {
    const page = await cityReport(sampleResult({ scenario: "it's $HOME" }));
    expect(page).toContain('--scenario &#39;it&#39;\\&#39;&#39;s $HOME&#39; --seed');
  });

  it('does not call it a success when nobody looked', async () => {
    const page = await cityReport(sampleResult({ checks: [{ check: 'audit', looked: 0 }] }));
    expect(page).not.toContain('All checks hold');
    expect(page).toContain('No check has looked');
    expect(rowOf(sectionOf(page, 'checks'), 'audit')).toContain('never looked');
  });
});

describe('the sections', () => {
  it('stand in the order in which an operator asks', () => {
    expect(captured(PAGE, /<section id="(\w+)"/g)).toEqual([
      'conservation',
      'money',
      'detection',
      'faults',
      'exceptions',
      'taps',
      'latency',
      'stations',
      'checks',
    ]);
  });

  it('print money with separators and the decimals of its currency', async () => {
    const inr = sectionOf(PAGE, 'conservation');
    for (const text of ['325,110.05', '4,880.50', '1,419.00', '331,409.55']) {
      expect(inr).toContain(`<td class="number">${text}</td>`);
    }
    const jpy = sectionOf(await cityReport(sampleResult({ currency: 'JPY' })), 'conservation');
    expect(jpy).toContain('<td class="number">32,511,005</td>');
    const bhd = sectionOf(await cityReport(sampleResult({ currency: 'BHD' })), 'conservation');
    expect(bhd).toContain('<td class="number">32,511.005</td>');
  });

  it('make a difference of money stand out', async () => {
    const { conservation } = sampleResult();
    const even = sectionOf(PAGE, 'conservation');
    expect(even).toContain('<b class="good">0.00</b>');
    const off = { ...conservation, difference: signedAmount(-2000) };
    const odd = sectionOf(await cityReport(sampleResult({ conservation: off })), 'conservation');
    expect(odd).toContain('<b class="bad">\u221220.00</b>');
  });

  it('have every day as numbers', () => {
    const money = sectionOf(PAGE, 'money');
    const { days } = sampleResult();
    for (const { date } of days) expect(money).toContain(`<th scope="row">${date}</th>`);
    expect(money).toContain('310,000.00');
    expect(money).toContain('326,514.55');
  });

  it('say of each fraud what it is and how much of it was found', () => {
    const detection = sectionOf(PAGE, 'detection');
    const cells = (fraud: string): readonly string[] =>
      captured(rowOf(detection, fraud), /<td[^>]*>(.*?)<\/td>/g);
    const good = (text: string): string => `<b class="good">${text}</b>`;
    const bad = (text: string): string => `<b class="bad">${text}</b>`;
    expect(cells('rollback')).toEqual([
      '8',
      '7',
      bad('87.5%'),
      good('100%'),
      good('0'),
      '1.4',
      '6',
    ]);
    expect(cells('forgedTac')).toEqual([
      '40',
      '40',
      good('100%'),
      bad('95.2%'),
      bad('2'),
      '0.5',
      '1',
    ]);
    expect(cells('leakedMasterKey')).toEqual(['0', '0', '–', '–', good('0'), '–', '–']);
    for (const { fraud } of sampleResult().detection) {
      expect(detection).toContain(escaped(FRAUDS[fraud].meaning));
      expect(detection).toContain(escaped(FRAUDS[fraud].foundBy));
    }
  });

  it('make accused honest holders stand out', async () => {
    const fine = sectionOf(PAGE, 'faults');
    expect(fine).toContain('<b class="good">0</b>');
    expect(fine).not.toContain('class="bad"');
    const { faults } = sampleResult();
    const blamed = [{ ...faults[0]!, accused: 3 }, ...faults.slice(1)];
    const page = await cityReport(sampleResult({ faults: blamed, falseAccusations: 3 }));
    expect(rowOf(sectionOf(page, 'faults'), 'cardTorn')).toContain('<b class="bad">3</b>');
    expect(page).toContain('<dt>Honest holders accused</dt><dd><b class="bad">3</b></dd>');
    for (const { fault } of faults) expect(fine).toContain(escaped(FAULTS[fault].meaning));
  });

  it('have exceptions by rule, the most frequent first, with number and meaning', () => {
    const exceptions = sectionOf(PAGE, 'exceptions');
    const rules = captured(exceptions, /<th scope="row"><code>(\w+)<\/code>/g);
    expect(rules.slice(0, 3)).toEqual(['duplicateRecord', 'counterGap', 'lateRecord']);
    expect(rules.at(-1)).toBe('batchOutOfBalance');
    expect(exceptions).toContain(escaped(RULES.cloneFork.meaning));
    expect(captured(exceptions, /<text[^>]*>(15 cloneFork)<\/text>/g)).toHaveLength(2);
    expect(captured(exceptions, /<text[^>]*>(4,117)<\/text>/g)).toHaveLength(2);
  });

  it('scale counts by powers of ten only where the range is wide', async () => {
    const narrow = { counterGap: 40, lateRecord: 12 };
    const few = sectionOf(
      await cityReport(sampleResult({ exceptionsByRule: narrow })),
      'exceptions',
    );
    const many = sectionOf(PAGE, 'exceptions');
    expect(many).toContain('powers of ten');
    expect(many).toMatch(/<text[^>]*>10k<\/text>/);
    expect(few).not.toContain('powers of ten');
    expect(few).toMatch(/<text[^>]*>40<\/text>/);
  });

  it('give a single occurrence a bar on a scale of powers of ten', async () => {
    const lone = { counterGap: 1000, lateRecord: 1 };
    const page = await cityReport(sampleResult({ exceptionsByRule: lone }));
    const wide = /<svg class="wide".*?<\/svg>/s.exec(sectionOf(page, 'exceptions'))?.[0] ?? '';
    const bars = captured(
      wide,
      new RegExp(`<path d="M[\\d.]+ [\\d.]+l([\\d.]+) 0[^"]*" fill="${PALETTE.blue.light}"`, 'g'),
    );
    expect(bars).toHaveLength(2);
    expect(Number(bars[1])).toBeGreaterThan(20);
  });

  it('account for taps by outcome', () => {
    const taps = sectionOf(PAGE, 'taps');
    const row = (name: string, times: string, share: string): string =>
      `<tr><th scope="row">${name}</th>\n<td class="number">${times}</td>\n<td class="number">${share}</td></tr>`;
    expect(taps).toContain(row('approved', '23,480', '95.0%'));
    expect(taps).toContain(row('declined: insufficient balance', '611', '2.5%'));
    expect(taps).toContain(row('uncertain', '187', '0.8%'));
    expect(taps).toContain(row('recovered later', '161', '0.7%'));
    expect(taps).toContain(row('not presented', '104', '0.4%'));
  });

  it('tell how fast which machine was', () => {
    const latency = sectionOf(PAGE, 'latency');
    expect(latency).toContain('<dd>v20.20.2</dd>');
    expect(latency).toContain('<dd>83.4 s</dd>');
    expect(latency).toContain('<dd>296</dd>');
    expect(latency).toContain('<dd>212 MB</dd>');
    expect(latency).toContain('p50 <b>910 µs</b>, p99 <b>3.71 ms</b>, most <b>61.2 ms</b>');
    expect(latency).toContain('p50 <b>6 ms</b>, p99 <b>27 ms</b>, most <b>118 ms</b>');
    for (const name of ['p50', 'p99', 'most']) {
      expect(captured(latency, new RegExp(`<text[^>]*>(${name})</text>`, 'g'))).toHaveLength(4);
    }
  });

  it('have a bar for each range of times that was seen, and for those between', () => {
    const latency = sampleResult().measured.tapMicroseconds;
    const gap = latency.buckets.with(12, { upTo: 4096, count: 0 });
    const chart = latencyBars('x', {
      latency: { ...latency, buckets: gap },
      microseconds: 1,
      label: '',
    });
    const { series, xAxis } = chart.drawing(900).option;
    const names = (xAxis as { readonly data: readonly string[] }).data;
    expect(names).toHaveLength(9);
    expect(names[0]).toBe('≤ 256 µs');
    expect(names.at(-1)).toBe('≤ 65.5 ms');
    const [bars] = series as readonly { readonly data: readonly unknown[] }[];
    expect(bars!.data).toEqual([1204, 8330, 9871, 4920, '-', 31, 12, 4, 1]);
  });

  it('say of every check what it says and how often it looked', () => {
    const checks = sectionOf(PAGE, 'checks');
    for (const { check } of sampleResult().checks) {
      expect(rowOf(checks, check)).toContain(escaped(CHECKS[check]));
    }
    expect(rowOf(checks, 'cardTruth')).toContain('21,322');
    expect(checks).not.toContain('class="bad"');
  });
});

describe('a city in which nothing happened', () => {
  const { taps, measured } = sampleResult();
  const noLatency: Latency = { count: 0, p50: 0, p99: 0, most: 0, buckets: [] };
  const zeroTaps = { ...taps, taps: 0, approved: 0, declined: 0, declinedBy: {}, uncertain: 0 };

  it.each<[string, Partial<CityResult>, string]>([
    ['no frauds', { detection: [] }, 'This scenario has no adversaries.'],
    ['no faults', { faults: [] }, 'This scenario has no faults.'],
    ['no exceptions', { exceptionsByRule: {} }, 'No rule had anything to say.'],
    ['no stations', { stations: [] }, 'This city has no stations.'],
    ['no day', { days: [] }, 'The run ended before its first day did.'],
    ['no taps', { taps: { ...zeroTaps, recovered: 0, notPresented: 0 } }, 'Nobody tapped.'],
    [
      'nothing timed',
      { measured: { ...measured, tapMicroseconds: noLatency, batchMilliseconds: noLatency } },
      'Nothing was timed.',
    ],
  ])('has a report with %s', async (_, but, sentence) => {
    const page = await cityReport(sampleResult(but));
    expect(page).toContain(sentence);
    expect(page).not.toMatch(/NaN|Infinity|undefined|null/);
  });

  it('has points in place of lines on its only day', async () => {
    const { days } = sampleResult();
    const money = sectionOf(await cityReport(sampleResult({ days: days.slice(0, 1) })), 'money');
    const dots = new RegExp(`<path d="M1 0A1 1[^>]*fill="${PALETTE.violet.light}"`);
    expect(money).toMatch(dots);
    expect(sectionOf(PAGE, 'money')).not.toMatch(dots);
  });

  it('draws stations that took nothing', async () => {
    const stations = sampleResult().stations.map((station) => ({ ...station, takings: amount(0) }));
    const page = await cityReport(sampleResult({ stations }));
    expect(page).not.toMatch(/NaN|Infinity/);
    expect(sectionOf(page, 'stations')).toContain('17 stations took INR 0.00');
  });
});
