/** Does a monitor learn from `/metrics` what it has to wake somebody for, and nothing else? */

import { describe, expect, it } from 'vitest';
import type { Figures } from '../../src/engine/ports.ts';
import { millis } from '../../src/domain/identity.ts';
import { metricsHandler } from '../../src/web/metrics.ts';
import { ask, granted, timePasses } from '../support/asking.ts';
import { access, SHIFT_RULE } from '../support/policies.ts';
import { useStage } from '../support/scene.ts';

const stage = useStage();

async function read(path = '/metrics', method = 'GET'): Promise<{ status: number; type: string; text: string }> {
  const answer = await fetch(`${stage.current().app.url}${path}`, { method });
  return { status: answer.status, type: answer.headers.get('content-type') ?? '', text: await answer.text() };
}

const valueOf = (text: string, name: string): number | undefined => {
  const line = text.split('\n').find((one) => one.startsWith(`${name} `));
  return line === undefined ? undefined : Number(line.slice(name.length + 1));
};

/** What was counted a moment ago is answered for some seconds. */
async function until(name: string, value: number): Promise<string> {
  let text = '';
  await stage.current().github.waitFor(
    async () => {
      ({ text } = await read());
      return valueOf(text, name) === value;
    },
    { what: `${name} to be ${value}`, timeoutMs: 40_000, seen: () => text },
  );
  return text;
}

describe('the metrics', () => {
  it('count what waits, what runs and what is overdue', async () => {
    const scene = stage.scene(access(SHIFT_RULE));
    await granted(scene, 'erin');
    ask(scene, 'emil', { duration: '1h' });
    await stage.current().settled();
    await until('jit_gate_requests_open{kind="access"}', 1);
    const before = await until('jit_gate_grants_running', 1);
    expect(valueOf(before, 'jit_gate_grants_overdue')).toBe(0);

    const undo = scene.github.faults.add({
      kind: 'status',
      status: 500,
      method: 'DELETE',
      path: '/collaborators/',
      times: 1000,
    });
    const due = timePasses(scene, 'erin').catch(() => undefined);
    const late = await until('jit_gate_grants_overdue', 1);
    expect(valueOf(late, 'jit_gate_grants_overdue_seconds_max')).toBeGreaterThan(0);
    expect(late).not.toMatch(/erin|emil|shop|octo/u);
    undo();
    await due;
    await until('jit_gate_grants_overdue', 0);
  });

  it('are in the form that Prometheus reads', async () => {
    const { status, type, text } = await read();
    expect(status).toBe(200);
    expect(type).toBe('text/plain; version=0.0.4; charset=utf-8');
    const name = /^[a-z_]+(?:\{[a-z]+="[a-z-]+"\})? \d+(?:\.\d+)?$/u;
    for (const line of text.trimEnd().split('\n'))
      expect(line).toMatch(line.startsWith('#') ? /^# (?:HELP|TYPE) / : name);
    expect(text.endsWith('\n')).toBe(true);
  });

  it('are at that path alone', async () => {
    expect((await read('/metrics/x')).status).toBe(404);
    expect((await read('/metrics', 'POST')).status).toBe(404);
    expect((await read('/metrics', 'HEAD')).text).toBe('');
  });
});

describe('asking often', () => {
  const figures: Figures = {
    grantsRunning: 0,
    grantsOverdue: 0,
    longestOverdue: millis(0),
    requestsOpen: {},
    jobsWaiting: {},
    reviewsOwed: 0,
    reviewsOverdue: 0,
    deliveriesFailed: 0,
  };
  const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

  async function answer(handler: ReturnType<typeof metricsHandler>): Promise<number> {
    let status = 0;
    const response = { writeHead: (code: number) => ((status = code), response), end: () => response };
    await handler({ url: '/metrics', method: 'GET' } as never, response as never);
    return status;
  }

  it('asks the database once in five seconds', async () => {
    let asked = 0;
    let now = 0;
    const store = { figures: async () => await Promise.resolve(((asked += 1), figures)) };
    const handler = metricsHandler(store, log, () => now);
    for (let time = 0; time < 10; time += 1) await answer(handler);
    expect(asked).toBe(1);
    now = 5000;
    await answer(handler);
    expect(asked).toBe(2);
  });

  it('is told that the database is away, and answered again as soon as it is back', async () => {
    let away = true;
    const store = {
      figures: async () => (away ? await Promise.reject(new Error('secret words')) : await Promise.resolve(figures)),
    };
    const handler = metricsHandler(store, log, () => 0);
    expect(await answer(handler)).toBe(503);
    away = false;
    expect(await answer(handler)).toBe(200);
  });
});
