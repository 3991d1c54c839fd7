/** Where the part of an e-mail begins that its writer only quotes: no command is read from there on. */

import { describe, expect, test } from 'vitest';
import { quotedTailStart } from '../../src/domain/quoted-tail.ts';

describe('what is quoted begins', () => {
  test.each<[string, readonly string[], number]>([
    ['at an announcement', ['On Monday Ana wrote:'], 0],
    ['below the writer’s own lines', ['Fine.', '/approve', 'On Monday Ana wrote:', 'Shall we?'], 2],
    ['at an announcement between spaces', ['Fine.', '  On Monday Ana wrote: '], 1],
    ['at one of three lines', ['On Monday', 'Ana <ana@example.com>', 'wrote:'], 0],
    ['at one with the name after the verb', ['Am 5. Mai schrieb Ana:'], 0],
    ['at one that is broken before its verb', ['Am 5. Mai', 'schrieb Ana:'], 0],
    ['at one that is broken after its verb', ['Op 5 mei schreef', 'Ana:'], 0],
    ['at the first of several', ['On Monday Ana wrote:', 'On Sunday Ben wrote:'], 0],
    ['at a line that separates', ['No.', '----- Forwarded message -----', 'Shall we?'], 1],
    ['at the head of a message', ['No.', 'From: Ana', 'Sent: Monday'], 1],
    ['at a head that has something between', ['Von: Ana', 'Betreff: Freigabe', 'Gesendet: Montag'], 0],
    ['at a head that goes on with something else', ['**From:** Ana', '**To:** Ben', '**Subject:** Release'], 0],
  ])('%s', (_, lines, start) => {
    expect(quotedTailStart(lines)).toBe(start);
  });
});

describe('nothing is quoted', () => {
  test.each<[string, readonly string[]]>([
    ['in plain words', ['Fine.', '/approve']],
    ['where an announcement takes four lines', ['On Monday', 'at ten', 'Ana <ana@example.com>', 'wrote:']],
    ['below a sender alone', ['From: here on', '/approve']],
    ['below a receiver alone', ['Fine.', 'To: everyone', '/approve']],
    ['below a sender whose date is far away', ['From: here on', 'it works', '/approve', 'Date: Monday']],
    ['where a sentence has the verb and no colon', ['Am Montag schrieb Ana nichts.', '/approve']],
    ['where the verb comes after the colon', ['Am Montag:', 'da schrieb Ana nichts.', '/approve']],
    ['where a sentence with the verb begins otherwise', ['Gestern schrieb Ana:', '/approve']],
    ['where a sentence has the beginning and the colon', ['Am Ende bleibt:', '/approve']],
    ['where a date announces something else', ['On Monday we ship:', '/approve']],
  ])('%s', (_, lines) => {
    expect(quotedTailStart(lines)).toBeNull();
  });
});
