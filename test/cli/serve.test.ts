/** `jit-gate serve`: what it refuses to start with, and how it stops. */

import { generateKeyPairSync } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { run } from '../../src/cli/main.ts';
import { fakeTerminal } from './fake-terminal.ts';

const world = vi.hoisted(() => ({ started: 0, stopped: 0, stopping: Promise.resolve(), fails: false }));

vi.mock('../../src/app.ts', () => ({
  startApp: async () => {
    if (world.fails) throw new Error('port 3000 is taken');
    world.started += 1;
    return {
      url: 'http://localhost:3000',
      stop: async () => {
        await world.stopping;
        world.stopped += 1;
      },
    };
  },
}));

const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs1', format: 'pem' });
const ENV = {
  APP_ID: '1',
  PRIVATE_KEY: key.toString(),
  WEBHOOK_SECRET: 'a-secret-of-some-length',
  LOG_LEVEL: 'silent',
};
const exit = vi.spyOn(process, 'exit');
const listeners = () => process.listenerCount('SIGTERM') + process.listenerCount('SIGINT');
/** As the system would deliver it, without ending the test's own process. */
const send = (signal: 'SIGTERM' | 'SIGINT') => process.emit(signal);

beforeEach(() => {
  Object.assign(world, { started: 0, stopped: 0, stopping: Promise.resolve(), fails: false });
  exit.mockReset().mockImplementation(() => undefined as never);
});
afterEach(() => exit.mockReset());

describe('serve', () => {
  it('does not start without a webhook secret, and says how to get one', async () => {
    const terminal = fakeTerminal({ env: { ...ENV, WEBHOOK_SECRET: '' } });
    expect(await run(['serve'], terminal)).toBe(2);
    expect(world.started).toBe(0);
    expect(terminal.saidAll()).toContain('WEBHOOK_SECRET is missing');
  });

  it('does not start with the secret that everyone knows', async () => {
    expect(await run(['serve'], fakeTerminal({ env: { ...ENV, WEBHOOK_SECRET: 'development' } }))).toBe(2);
    expect(world.started).toBe(0);
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('runs until %s, stops the app and ends with 0', async (signal) => {
    const before = listeners();
    const ended = run(['serve'], fakeTerminal({ env: ENV }));
    await vi.waitFor(() => expect(world.started).toBe(1));
    expect(world.stopped).toBe(0);
    send(signal);
    expect(await ended).toBe(0);
    expect(world.stopped).toBe(1);
    expect(exit).not.toHaveBeenCalled();
    expect(listeners()).toBe(before);
  });

  it('ends at once on a second signal', async () => {
    const stopping = Promise.withResolvers<undefined>();
    world.stopping = stopping.promise;
    const ended = run(['serve'], fakeTerminal({ env: ENV }));
    await vi.waitFor(() => expect(world.started).toBe(1));
    send('SIGTERM');
    expect(exit).not.toHaveBeenCalled();
    send('SIGTERM');
    expect(exit).toHaveBeenCalledWith(143);
    stopping.resolve(undefined);
    await ended;
  });

  it('ends with 3 where the app could not start', async () => {
    world.fails = true;
    const terminal = fakeTerminal({ env: ENV });
    expect(await run(['serve'], terminal)).toBe(3);
    expect(terminal.saidAll()).toContain('port 3000 is taken');
  });
});
