/** What the log says, and that no credential gets into it. */

import { describe, expect, it } from 'vitest';
import { asLog, createLogger } from '../src/log.ts';

function lines(format: 'json' | 'pretty', write: (log: ReturnType<typeof asLog>) => void): string {
  const written: string[] = [];
  const logger = createLogger({ logLevel: 'info', logFormat: format }, { write: (line) => written.push(line) });
  write(asLog(logger));
  return written.join('');
}

describe('the log', () => {
  it('writes one JSON object a line, with level, message and fields', () => {
    const [line = ''] = lines('json', (log) => log.warn({ requestId: 'r1' }, 'held')).split('\n');
    expect(JSON.parse(line)).toMatchObject({ level: 'warn', msg: 'held', requestId: 'r1' });
  });

  it('leaves out what is below its level', () => {
    expect(lines('json', (log) => log.debug({}, 'detail'))).toBe('');
  });

  it('writes a line for people', () => {
    expect(lines('pretty', (log) => log.info({ requestId: 'r1' }, 'held'))).toMatch(/INFO.*held/u);
  });

  const token = `ghs_${'a1B2'.repeat(9)}`;
  const jwt = 'eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiIxMjM0NSJ9.c2lnbmF0dXJl';
  it.each([
    ['a token in a message', (text: string) => ({ fields: {}, message: `could not use ${text}` }), token],
    ['a token in a field', (text: string) => ({ fields: { note: text }, message: 'm' }), token],
    ['a token in an error', (text: string) => ({ fields: { err: new Error(`401 for ${text}`) }, message: 'm' }), token],
    ['a JSON Web Token', (text: string) => ({ fields: { header: `bearer ${text}` }, message: 'm' }), jwt],
    [
      'an authorization header',
      (text: string) => ({ fields: { request: { headers: { authorization: text } } }, message: 'm' }),
      'plain-credential',
    ],
    [
      'a signature',
      (text: string) => ({ fields: { headers: { 'x-hub-signature-256': text } }, message: 'm' }),
      'sha256=abc',
    ],
    [
      'a webhook secret',
      (text: string) => ({ fields: { config: { webhookSecret: text } }, message: 'm' }),
      'plain-one',
    ],
    [
      'the password of a database',
      (text: string) => ({ fields: {}, message: `no answer from postgres://app:${text}@db/jit` }),
      'pass-word',
    ],
    [
      'a private key',
      (text: string) => ({
        fields: { note: `-----BEGIN RSA PRIVATE KEY-----\n${text}\n-----END RSA PRIVATE KEY-----` },
        message: 'm',
      }),
      'MIIEowIBAAKCAQEA',
    ],
  ])('never shows %s', (_, entry, hidden) => {
    const { fields, message } = entry(hidden);
    for (const format of ['json', 'pretty'] as const) {
      const written = lines(format, (log) => log.error(fields, message));
      expect(written).toContain('[secret]');
      expect(written).not.toContain(hidden);
    }
  });
});
