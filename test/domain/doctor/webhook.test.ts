/** What the doctor says of the webhook: can GitHub reach the app, and did it? */

import { describe, expect, it } from 'vitest';
import type { AppFacts, DeliveryFacts, DoctorFinding, HookFacts } from '../../../src/domain/doctor/model.ts';
import { deliveryFindings, hookFindings } from '../../../src/domain/doctor/webhook.ts';

const SETTINGS = 'https://github.com/settings/apps/jit';
const app: AppFacts = { id: 7, slug: 'jit', page: SETTINGS, permissions: {}, events: [] };

const hook = (changes: Partial<HookFacts> = {}): HookFacts => ({
  url: 'https://jit.example/api/webhooks',
  contentType: 'json',
  hasSecret: true,
  insecure: false,
  ...changes,
});
const settings = (changes: Partial<HookFacts>): readonly DoctorFinding[] =>
  hookFindings(app, hook(changes), '/api/webhooks');

describe('of the settings of the webhook the doctor says', () => {
  it.each(['https://jit.example/api/webhooks', 'https://example.com/behind/a/proxy/api/webhooks?x=1'])(
    'that %s is fine',
    (url) => {
      expect(settings({ url })).toEqual([
        {
          severity: 'ok',
          code: 'webhook',
          about: 'webhook',
          message: `goes to ${url}, signed, as JSON`,
          todo: null,
          page: null,
          repair: null,
        },
      ]);
    },
  );

  const NO_ADDRESS = 'the webhook has no address, so the app hears of nothing';
  const ENTER = 'enter https://…/api/webhooks and tick Active';
  it.each<[string, Partial<HookFacts>, string, string, string]>([
    ['that there is no address', { url: null }, 'webhook-url', NO_ADDRESS, ENTER],
    ['that there is none that can be read', { url: 'jit.example' }, 'webhook-url', NO_ADDRESS, ENTER],
    [
      'that everyone on the way can read along',
      { url: 'http://jit.example/api/webhooks' },
      'webhook-https',
      'webhooks go to http://jit.example/api/webhooks unencrypted',
      'put a proxy with TLS before the app, and enter its https address',
    ],
    [
      'that the app does not listen there',
      { url: 'https://jit.example/api/webhooks/github' },
      'webhook-path',
      'webhooks go to /api/webhooks/github, where the app does not listen',
      'let the address end with /api/webhooks',
    ],
    [
      'that anybody could send them',
      { hasSecret: false },
      'webhook-secret',
      'webhooks are not signed, so the app refuses all of them',
      'enter the value of WEBHOOK_SECRET',
    ],
    [
      'that they are not JSON',
      { contentType: 'form' },
      'webhook-content-type',
      'webhooks come as form',
      'choose application/json',
    ],
    [
      'that GitHub would deliver them to anybody',
      { insecure: true },
      'webhook-certificate',
      'GitHub does not look at the server’s certificate',
      'enable SSL verification',
    ],
  ])('%s', (_, changes, code, message, todo) => {
    expect(settings(changes)).toEqual([
      { severity: 'error', code, about: 'webhook', message, todo, page: SETTINGS, repair: null },
    ]);
  });

  it('all that is wrong', () => {
    const changes = { url: 'http://jit.example/', hasSecret: false, contentType: 'form', insecure: true };
    expect(settings(changes).map(({ code }) => code)).toEqual([
      'webhook-https',
      'webhook-path',
      'webhook-secret',
      'webhook-content-type',
      'webhook-certificate',
    ]);
  });
});

describe('of what was sent the doctor says', () => {
  /** Deliveries, newest first, as `guid:status`. */
  const sent = (text: string): readonly DeliveryFacts[] =>
    text
      .split(' ')
      .filter((word) => word !== '')
      .map((word) => {
        const [guid = '', status] = word.split(':');
        return { guid, event: `event_${guid}`, status: Number(status) };
      });
  const look = (text: string): readonly DoctorFinding[] => deliveryFindings(app, sent(text));

  it('that nothing was, which may have its reason', () => {
    expect(look('')).toEqual([
      {
        severity: 'warning',
        code: 'webhook-silent',
        about: 'webhook',
        message: 'GitHub has sent no webhook in the last three days',
        todo: 'open a pull request somewhere and look again; if nothing comes, see whether the webhook is active',
        page: `${SETTINGS}/advanced`,
        repair: null,
      },
    ]);
  });

  it.each([
    ['all', 'a:200 b:202 c:299', 3],
    ['each at one of several attempts', 'a:202 b:202 a:500 b:202 b:0', 2],
    ['some that were sent again though they had arrived', 'a:500 b:202 a:202', 2],
  ])('that %s arrived', (_, text, count) => {
    expect(look(text)).toEqual([
      {
        severity: 'ok',
        code: 'webhook-deliveries',
        about: 'webhook',
        message: `the last ${String(count)} webhooks arrived`,
        todo: null,
        page: null,
        repair: null,
      },
    ]);
  });

  const failed = (severity: string, message: string) => [
    {
      severity,
      code: 'webhook-failures',
      about: 'webhook',
      message,
      todo: 'see the answers there, and whether GitHub reaches the server; the app asks for what it missed by itself',
      page: `${SETTINGS}/advanced`,
      repair: null,
    },
  ];

  it.each([
    [
      'a few did not, and what became of the latest',
      'a:202 b:502 c:404 d:202 e:202',
      'warning',
      '2 of the last 5 webhooks (40%) did not arrive; the latest was event_b, answered with 502',
    ],
    [
      'one did not, and not that the one did which was sent again',
      'a:202 a:500 b:404 c:202 d:202',
      'warning',
      '1 of the last 4 webhooks (25%) did not arrive; the latest was event_b, answered with 404',
    ],
    [
      'half of them did not',
      'a:202 b:502',
      'error',
      '1 of the last 2 webhooks (50%) did not arrive; the latest was event_b, answered with 502',
    ],
    [
      'the newest did not, and that nobody answered it',
      'a:0 b:202 c:202',
      'error',
      '1 of the last 3 webhooks (34%) did not arrive; the latest was event_a, answered with nothing',
    ],
    [
      'one did not at any attempt',
      'a:202 b:500 b:0 c:202',
      'warning',
      '1 of the last 3 webhooks (34%) did not arrive; the latest was event_b, answered with 500',
    ],
    [
      'a redirect is no arrival',
      'a:202 b:300 c:202',
      'warning',
      '1 of the last 3 webhooks (34%) did not arrive; the latest was event_b, answered with 300',
    ],
    [
      'what is not an answer yet is no arrival, either',
      'a:202 b:199 c:202',
      'warning',
      '1 of the last 3 webhooks (34%) did not arrive; the latest was event_b, answered with 199',
    ],
    [
      'one in thousands is still some',
      `a:202 b:500 ${Array.from({ length: 998 }, (_, index) => `n${String(index)}:202`).join(' ')}`,
      'warning',
      '1 of the last 1000 webhooks (1%) did not arrive; the latest was event_b, answered with 500',
    ],
  ])('that %s', (_, text, severity, message) => {
    expect(look(text)).toEqual(failed(severity, message));
  });
});
