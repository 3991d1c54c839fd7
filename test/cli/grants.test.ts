/** `jit-gate grants list`: what runs, what should have ended, and the exit code that a monitor acts on. */

import { describe, expect, it } from 'vitest';
import { listGrants } from '../../src/cli/grants.ts';
import type { Grant } from '../../src/domain/grant.ts';
import { grantId, installationId, instant, repoId, requestId, userId } from '../../src/domain/identity.ts';
import { fakeTerminal } from './fake-terminal.ts';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const HOUR = 3_600_000;

const grant = (id: string, endsAt: number): Grant => ({
  id: grantId(id),
  version: 1,
  state: 'active',
  requestId: requestId(`request-${id}`),
  repo: { installationId: installationId(1), id: repoId(7), owner: 'octo-org', name: 'shop' },
  grantee: { id: userId(101), login: 'octo-ana' },
  role: 'push',
  startsAt: instant(endsAt - HOUR),
  endsAt: instant(endsAt),
  onExpiry: 'remove',
  endReason: null,
  endedAt: null,
  residual: null,
  failure: null,
  invitationId: null,
});

const storeWith = (...grants: readonly Grant[]) => ({
  now: async () => instant(NOW),
  allRunningGrants: async () => grants,
  scheduledRequests: async () => [],
});

describe('grants list', () => {
  it('lists by the end, with person, role and repository', async () => {
    const terminal = fakeTerminal();
    const store = storeWith(grant('later', NOW + 2 * HOUR), grant('sooner', NOW + HOUR));
    expect(await listGrants(store, {}, terminal)).toBe(0);
    const [first, second] = terminal.printed().split('\n');
    expect(first).toMatch(/2026-03-01T13:00:00\.000Z .*octo-ana \(101\).*push on octo-org\/shop.*sooner/u);
    expect(second).toContain('later');
  });

  it('calls a grant overdue at its very end, and ends with 1 only where one asked for those', async () => {
    const store = storeWith(grant('due', NOW), grant('running', NOW + 1));
    const all = fakeTerminal();
    expect(await listGrants(store, {}, all)).toBe(0);
    expect(all.printed()).toMatch(/due {2}OVERDUE$/mu);
    expect(all.printed()).not.toMatch(/running {2}OVERDUE/u);
    const late = fakeTerminal();
    expect(await listGrants(store, { overdue: true }, late)).toBe(1);
    expect(late.printed()).toContain('due');
    expect(late.printed()).not.toContain('running');
  });

  it('ends with 0 where nothing is overdue', async () => {
    const terminal = fakeTerminal();
    expect(await listGrants(storeWith(grant('running', NOW + 1)), { overdue: true }, terminal)).toBe(0);
    expect(terminal.printed()).toBe('');
  });

  it('prints JSON that says the same', async () => {
    const terminal = fakeTerminal();
    await listGrants(storeWith(grant('due', NOW - 1)), { json: true }, terminal);
    expect(JSON.parse(terminal.printed())).toEqual([
      {
        id: 'due',
        state: 'active',
        grantee: { id: 101, login: 'octo-ana' },
        role: 'push',
        repository: { id: 7, name: 'octo-org/shop' },
        startsAt: '2026-03-01T10:59:59.999Z',
        endsAt: '2026-03-01T11:59:59.999Z',
        overdue: true,
        requestId: 'request-due',
      },
    ]);
  });
});
