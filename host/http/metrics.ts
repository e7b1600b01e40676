// SPDX-License-Identifier: MIT
/** Metrics for Prometheus. What is open in the books is counted when somebody asks. */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { BatchAck } from '../../src/clearing/messages.ts';
import type { Verdict } from '../../src/clearing/rules.table.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { ClearingHost } from '../host.ts';

export interface HostMetrics {
  readonly contentType: string;
  text(): Promise<string>;
  /** `route` is its pattern: of paths that are none there are too many. */
  request(labels: { method: string; route: string; status: string }, seconds: number): void;
  /** A refusal that the audit log left out. */
  refusalLeftOut(): void;
}

/** Seconds; an acknowledgement of a large batch takes some. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Metrics of one host; with `withProcess` also those of the process, which are its alone. */
export function hostMetrics(host: ClearingHost, clock: Clock, withProcess: boolean): HostMetrics {
  const registry = new Registry();
  const registers = [registry];
  if (withProcess) collectDefaultMetrics({ register: registry });
  countBatches(host, registers);
  readBooks(host, clock, registers);
  const requests = new Histogram({
    name: 'openpurse_http_request_seconds',
    help: 'Requests by route and status, from first byte to answer',
    labelNames: ['method', 'route', 'status'] as const,
    buckets: BUCKETS,
    registers,
  });
  const leftOut = new Counter({
    name: 'openpurse_audit_refusals_left_out_total',
    help: 'Refusals that the audit log left out because there were too many',
    registers,
  });
  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    request: (labels, seconds) => {
      requests.observe(labels, seconds);
    },
    refusalLeftOut: () => {
      leftOut.inc();
    },
  };
}

function countBatches(host: ClearingHost, registers: Registry[]): void {
  const batches = new Counter({
    name: 'openpurse_batches_total',
    help: 'Batches that were acknowledged, by result',
    labelNames: ['result'] as const,
    registers,
  });
  const refused = new Counter({
    name: 'openpurse_batches_refused_total',
    help: 'Batches that were not acknowledged, by fault',
    labelNames: ['code'] as const,
    registers,
  });
  const records = new Counter({
    name: 'openpurse_records_total',
    help: 'Records of accepted batches, by verdict',
    labelNames: ['verdict'] as const,
    registers,
  });
  const latency = new Histogram({
    name: 'openpurse_ack_seconds',
    help: 'From the first byte of a batch to its acknowledgement',
    buckets: BUCKETS,
    registers,
  });
  host.watch({
    batchTaken(ack, durationMs) {
      batches.inc({ result: ack.result });
      latency.observe(durationMs / 1000);
      if (ack.result === 'duplicate') return;
      for (const [verdict, count] of countsOf(ack)) records.inc({ verdict }, count);
    },
    batchRefused(code) {
      refused.inc({ code });
    },
  });
}

function countsOf(ack: BatchAck): ReadonlyMap<Verdict, number> {
  const counts = new Map<Verdict, number>();
  for (const { verdict, from, to } of ack.records) {
    counts.set(verdict, (counts.get(verdict) ?? 0) + to - from + 1);
  }
  return counts;
}

function readBooks(host: ClearingHost, clock: Clock, registers: Registry[]): void {
  const { store } = host;
  const gauge = (name: string, help: string, read: () => number): void => {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  };
  new Gauge({
    name: 'openpurse_exceptions_open',
    help: 'Open exceptions by rule',
    labelNames: ['rule'] as const,
    registers,
    collect() {
      this.reset();
      for (const { rule, count } of store.openCounts()) this.set({ rule }, count);
    },
  });
  const open = (): { id: number; openedAt: number } | undefined =>
    store.windows().find(({ state }) => state === 'open');
  gauge('openpurse_window_open', 'Number of the open settlement window', () => open()?.id ?? 0);
  gauge('openpurse_window_age_seconds', 'Since the open window was opened', () => {
    const window = open();
    return window === undefined ? 0 : Math.max(0, (clock.now() - window.openedAt) / 1000);
  });
  gauge(
    'openpurse_batches_in_flight',
    'Batches on disk that are not posted whole yet',
    () => host.inFlight().count,
  );
  gauge('openpurse_ledger_lag_seconds', 'How long the oldest of them has waited', () => {
    const { since } = host.inFlight();
    return since === null ? 0 : Math.max(0, (clock.now() - since) / 1000);
  });
  gauge('openpurse_journal_entries', 'Entries of the journal', () => store.lastEntry()?.id ?? 0);
}
