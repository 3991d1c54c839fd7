/** Does access that is to begin later wait, begin, or come too late? */

import { describe, expect, test } from 'vitest';
import { aheadOf, endOfWish, startAhead } from '../../src/domain/access-start.ts';
import { instant } from '../../src/domain/identity.ts';
import { accessRequest, deploymentRequest, HOUR, mergeRequest, NOON } from '../support/domain.ts';

const tomorrow = instant(NOON + 24 * HOUR);

describe('how far ahead a start lies', () => {
  test('is nothing where it is to begin at once', () => {
    expect(aheadOf(null, NOON)).toEqual({ ok: true, value: null });
  });

  test('is counted from the asking', () => {
    expect(aheadOf(tomorrow, NOON)).toEqual({ ok: true, value: 24 * HOUR });
    expect(aheadOf(instant(NOON + 1), NOON)).toEqual({ ok: true, value: 1 });
  });

  test.each([
    ['in the past', instant(NOON - 1)],
    ['in the moment of the asking', NOON],
  ])('is refused for one that lies %s', (_, start) => {
    expect(aheadOf(start, NOON)).toEqual({ ok: false, error: { kind: 'start-over', start } });
  });
});

test('access that begins at a certain time would be over so long after it; other access is counted from its approval', () => {
  expect(endOfWish(accessRequest({ start: tomorrow, duration: HOUR }).subject)).toBe(tomorrow + HOUR);
  expect(endOfWish(accessRequest({ duration: HOUR }).subject)).toBeNull();
});

describe('a request waits for its start', () => {
  test('until then, and not in the very moment', () => {
    const request = accessRequest({ start: tomorrow });
    expect(startAhead(request, NOON)).toBe(tomorrow);
    expect(startAhead(request, instant(tomorrow - 1))).toBe(tomorrow);
    expect(startAhead(request, tomorrow)).toBeNull();
    expect(startAhead(request, instant(tomorrow + 1))).toBeNull();
  });

  test('only where it names one, and only for access', () => {
    expect(startAhead(accessRequest(), NOON)).toBeNull();
    expect(startAhead(mergeRequest(), NOON)).toBeNull();
    expect(startAhead(deploymentRequest(), NOON)).toBeNull();
  });
});
