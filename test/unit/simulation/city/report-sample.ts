// SPDX-License-Identifier: MIT
/** A result as a run of two weeks might end, made by hand: what is in it is in no code. */
import { amount, difference, signedAmount } from '../../../../src/money/amount.ts';
import type {
  CityResult,
  DayLine,
  DetectionLine,
  Latency,
  StationLine,
} from '../../../../simulation/city/result.ts';

/** From data/gtfs/hmrl/stops.txt: the ends of the lines and the crowded middle. */
const STATIONS = [
  ['AME', 'Ameerpet', 17.4357214, 78.4447933, 9_182_455],
  ['MUN', 'Madhura Nagar', 17.4369652, 78.4390993, 2_904_120],
  ['SRN', 'S. R. Nagar', 17.4431205, 78.4407241, 3_377_890],
  ['BEG', 'Begumpet', 17.4375661, 78.4569341, 1_820_015],
  ['PUN', 'Panjagutta', 17.4289362, 78.450955, 4_011_560],
  ['PRG', 'Parade Ground', 17.4431943, 78.4974687, 3_950_775],
  ['JBS', 'JBS Parade Ground', 17.4444775, 78.497584, 0],
  ['SCR', 'Secunderabad West', 17.4338034, 78.4995181, 2_511_300],
  ['SEC_E', 'Secunderabad East', 17.4357184, 78.5054623, 5_480_935],
  ['MGB', 'Mahatma Gandhi Bus Station', 17.3797886, 78.4861571, 6_240_350],
  ['SUB', 'Sultan Bazar', 17.3844473, 78.4840241, 801_225],
  ['MYP', 'Miyapur', 17.4965452, 78.3730262, 7_733_640],
  ['JNT', 'JNTU College', 17.4987037, 78.3888668, 1_203_480],
  ['RDG', 'Raidurg', 17.442, 78.3772038, 8_455_005],
  ['HTC', 'HITEC City', 17.4490055, 78.3831376, 6_021_770],
  ['LBN', 'L. B. Nagar', 17.349846, 78.5479412, 4_902_310],
  ['NAG', 'Nagole', 17.3907683, 78.5588222, 2_700_085],
] as const;

const stations: readonly StationLine[] = STATIONS.map(
  ([id, name, latitude, longitude, takings]) => ({
    id,
    name,
    latitude,
    longitude,
    taps: Math.round(takings / 3300),
    takings: amount(takings),
  }),
);

/** Two weeks from Monday 2 March 2026; the ninth day is a holiday. */
const days: readonly DayLine[] = Array.from({ length: 14 }, (_, index) => {
  const isQuiet = index % 7 > 4 || index === 8;
  const taps = (isQuiet ? 1_100 : 1_930) + 17 * ((index * 5) % 9);
  const onCards = amount(310_000_00 + index * 1_270_35);
  const open = signedAmount(4_100_00 + ((index * 7) % 5) * 390_50);
  return {
    date: `2026-03-${String(index + 2).padStart(2, '0')}`,
    taps,
    loaded: amount(taps * 34_15 + 12_000_00),
    spent: amount(taps * 33_40),
    onCards,
    float: signedAmount(onCards + open + 900_00),
    payable: signedAmount(taps * 33_40 + (isQuiet ? 24_000_00 : 0)),
    open,
    records: taps - 14,
    batches: 112 + index,
    exceptions: 3 + ((index * 4) % 11),
  };
});

const buckets = (counts: readonly number[]): Latency['buckets'] =>
  counts.map((count, power) => ({ upTo: 2 ** power, count }));

const caught = (
  fraud: DetectionLine['fraud'],
  injected: number,
  [daysMedian, daysMost]: readonly [number, number],
): DetectionLine => ({
  fraud,
  injected,
  found: injected,
  falseAlarms: 0,
  precision: 1,
  recall: 1,
  daysMedian,
  daysMost,
});

const float = signedAmount(331_409_55);
const honest = amount(325_110_05);
const inFlight = signedAmount(4_880_50);
const compromised = signedAmount(1_419_00);

const SAMPLE: CityResult = {
  scenario: 'two-weeks',
  seed: 20_260_302,
  steps: 61_447,
  currency: 'INR',
  population: { people: 1_480, cards: 1_523, terminals: 204, stations: 17, merchants: 6 },
  taps: {
    taps: 24_713,
    approved: 23_480,
    declined: 942,
    declinedBy: { insufficientBalance: 611, hotlisted: 230, cardExpired: 101 },
    uncertain: 187,
    recovered: 161,
    notPresented: 104,
    loads: 2_207,
    records: 25_801,
    batches: 1_659,
  },
  conservation: {
    honest,
    inFlight,
    compromised,
    float,
    difference: difference(signedAmount(honest + inFlight + compromised), float),
  },
  checks: [
    { check: 'conservation', looked: 1_345 },
    { check: 'cardTruth', looked: 21_322 },
    { check: 'postedOnce', looked: 14 },
    { check: 'counters', looked: 61_447 },
    { check: 'ledger', looked: 1_345 },
    { check: 'journal', looked: 24_713 },
    { check: 'files', looked: 14 },
    { check: 'audit', looked: 14 },
  ],
  violation: null,
  detection: [
    caught('clone', 12, [0.9, 3.2]),
    { ...caught('rollback', 8, [1.4, 6]), found: 7, recall: 0.875 },
    { ...caught('forgedTac', 40, [0.5, 1]), falseAlarms: 2, precision: 0.952 },
    caught('constantMac', 3, [0, 0.1]),
    caught('stolenTerminal', 2, [1, 1.5]),
    {
      fraud: 'leakedMasterKey',
      injected: 0,
      found: 0,
      falseAlarms: 0,
      precision: null,
      recall: null,
      daysMedian: null,
      daysMost: null,
    },
  ],
  faults: [
    { fault: 'cardTorn', injected: 251, cards: 233, accused: 0 },
    { fault: 'responseLost', injected: 187, cards: 176, accused: 0 },
    { fault: 'terminalReset', injected: 2, cards: 67, accused: 0 },
    { fault: 'hostRestored', injected: 1, cards: 1_204, accused: 0 },
  ],
  falseAccusations: 0,
  exceptionsByRule: {
    duplicateRecord: 4_117,
    counterGap: 388,
    lateRecord: 371,
    uncertainTap: 187,
    burntCounter: 64,
    tacInvalid: 42,
    cloneFork: 12,
    rollback: 7,
    hotlistedCard: 31,
    terminalInactive: 5,
    batchOutOfBalance: 1,
  },
  days,
  stations,
  stateHash: '5f0c1b7a9e2d4436a1c08d3379f2b65e0d18c4a7be93f06152d7448a6c1e90bb',
  measured: {
    node: 'v20.20.2',
    wallMs: 83_412,
    tapsPerSecond: 296.3,
    rssPeakMb: 211.6,
    tapMicroseconds: {
      count: 24_713,
      p50: 910,
      p99: 3_710,
      most: 61_204,
      buckets: buckets([
        0, 0, 0, 0, 0, 0, 0, 0, 1_204, 8_330, 9_871, 4_920, 340, 31, 12, 4, 1, 0, 0,
      ]),
    },
    batchMilliseconds: {
      count: 1_659,
      p50: 6,
      p99: 27,
      most: 118,
      buckets: buckets([0, 31, 402, 870, 308, 40, 6, 2]),
    },
  },
};

/** The sample, but for what a test says. */
export function sampleResult(but: Partial<CityResult> = {}): CityResult {
  return { ...SAMPLE, ...but };
}
