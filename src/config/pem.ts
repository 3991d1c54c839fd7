/** In which forms a private key survives an environment variable, and whether it is the kind that GitHub gives. */

import { createPrivateKey } from 'node:crypto';
import { ok, refused, type Result } from '../domain/result.ts';

/**
 * Reads PEM text as it is, with `\n` written out, in quotes, or in base64. Refuses, in words that never hold any of
 * the key, what is not a readable RSA private key.
 */
export function readPem(given: string): Result<string, string> {
  const unquoted = given.trim().replace(/^(["'])(.*)\1$/su, '$2');
  const plain = unquoted.includes('-----BEGIN') ? unquoted : Buffer.from(unquoted, 'base64').toString('utf8');
  const pem = plain.replaceAll('\\n', '\n').replaceAll('\r\n', '\n').trim();
  if (!pem.includes('-----BEGIN')) return refused('is no private key: neither PEM text nor PEM text in base64');
  if (pem.includes('-----BEGIN PUBLIC KEY')) return refused('is a public key, and the private one is needed');
  try {
    if (createPrivateKey(pem).asymmetricKeyType === 'rsa') return ok(pem);
    return refused('is not an RSA key, which is what GitHub gives its apps');
  } catch {
    return refused('is a private key that can’t be read (was it cut off, or does it need a passphrase?)');
  }
}
