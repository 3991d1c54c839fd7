/** What a monitor reads: `GET /metrics`, in the text format of Prometheus. Numbers alone, no name of anyone or anything. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Figures, Log, Store } from '../engine/ports.ts';

/** Anyone who reaches the server can ask, so the database is asked at most this often. Milliseconds. */
const KEEP = 5_000;

/** Kinds that are always shown, so that a monitor can tell none from not known. */
const REQUESTS = ['merge', 'deployment', 'action', 'access'] as const;
const QUEUES = ['delivery', 'effect', 'timer'] as const;

/** A handler for Probot's server: takes `/metrics` alone. Answers 503 where the database can't be asked. */
export function metricsHandler(
  store: Pick<Store, 'figures'>,
  log: Log,
  clock: () => number = () => performance.now(),
): (request: IncomingMessage, response: ServerResponse) => Promise<boolean> {
  let kept: { readonly at: number; readonly figures: Promise<Figures> } | null = null;
  const figures = async (): Promise<Figures> => {
    if (kept === null || clock() - kept.at >= KEEP) kept = { at: clock(), figures: store.figures() };
    return await kept.figures;
  };
  return async (request, response) => {
    if (request.url?.split('?')[0] !== '/metrics' || (request.method !== 'GET' && request.method !== 'HEAD'))
      return false;
    try {
      const text = metricsText(await figures());
      response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' });
      response.end(request.method === 'HEAD' ? undefined : text);
    } catch (error) {
      kept = null;
      log.error({ err: error }, 'the metrics could not be read');
      response
        .writeHead(503, { 'content-type': 'text/plain; charset=utf-8' })
        .end('The database could not be asked.\n');
    }
    return true;
  };
}

/** The figures as Prometheus reads them (https://prometheus.io/docs/instrumenting/exposition_formats/). */
function metricsText(figures: Figures): string {
  return [
    gauge('jit_gate_grants_running', 'Grants that are not over.', [['', figures.grantsRunning]]),
    gauge('jit_gate_grants_overdue', 'Grants whose end is over and that GitHub does not show gone.', [
      ['', figures.grantsOverdue],
    ]),
    gauge('jit_gate_grants_overdue_seconds_max', 'How long the longest of them is overdue.', [
      ['', figures.longestOverdue / 1000],
    ]),
    gauge(
      'jit_gate_requests_open',
      'Requests that wait for people, or were approved and not yet carried out.',
      labelled('kind', REQUESTS, figures.requestsOpen),
    ),
    gauge(
      'jit_gate_jobs_waiting',
      'Jobs that could be done now, run, or are to be tried again.',
      labelled('queue', QUEUES, figures.jobsWaiting),
    ),
    gauge('jit_gate_reviews_owed', 'Reviews owed for what was let through without approvals.', [
      ['', figures.reviewsOwed],
    ]),
    gauge('jit_gate_reviews_overdue', 'Those of them whose time is over.', [['', figures.reviewsOverdue]]),
    gauge('jit_gate_deliveries_failed', 'Webhooks that were given up, as long as they are kept.', [
      ['', figures.deliveriesFailed],
    ]),
  ].join('');
}

type Sample = readonly [labels: string, value: number];

const labelled = (
  label: string,
  always: readonly string[],
  values: Readonly<Record<string, number>>,
): readonly Sample[] =>
  [...new Set([...always, ...Object.keys(values)])].map((key) => [`{${label}="${key}"}`, values[key] ?? 0]);

const gauge = (name: string, help: string, samples: readonly Sample[]): string =>
  [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} gauge`,
    ...samples.map(([labels, value]) => `${name}${labels} ${value}`),
    '',
  ].join('\n');
