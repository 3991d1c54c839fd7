/** Whether the audit log shows every kind of tampering that a chain can show. */

import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  AUDIT_KINDS,
  linkEntry,
  NO_PREVIOUS,
  verifier,
  verifyChain,
  type AuditDraft,
  type AuditEntry,
  type Json,
} from '../../src/domain/audit.ts';
import { grantId, installationId, instant, repoId, requestId, userId } from '../../src/domain/identity.ts';

const draft: AuditDraft = {
  installationId: installationId(7),
  kind: 'vote.cast',
  actor: userId(11),
  repoId: repoId(13),
  requestId: requestId('r-1'),
  grantId: null,
  data: { answer: 'approve', head: 'abc' },
};

const json = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>;
const drafts: fc.Arbitrary<AuditDraft> = fc.record({
  installationId: fc.constant(installationId(7)),
  kind: fc.constantFrom(...AUDIT_KINDS),
  actor: fc.option(fc.nat().map(userId)),
  repoId: fc.option(fc.nat().map(repoId)),
  requestId: fc.option(fc.uuid().map(requestId)),
  grantId: fc.option(fc.uuid().map(grantId)),
  data: fc.dictionary(fc.string({ unit: 'binary', maxLength: 5 }), json, { maxKeys: 4 }),
});

function chainOf(given: readonly AuditDraft[]): readonly AuditEntry[] {
  const chain: AuditEntry[] = [];
  for (const [index, each] of given.entries())
    chain.push(linkEntry(chain.at(-1) ?? null, each, instant(1_000 + index)));
  return chain;
}

const chains = (minLength: number) => fc.array(drafts, { minLength, maxLength: 12 }).map(chainOf);
/** A chain and a place in it. */
const chainAndPlace = (minLength: number) =>
  chains(minLength).chain((chain) => fc.tuple(fc.constant(chain), fc.nat({ max: chain.length - 1 })));

const at = (chain: readonly AuditEntry[], index: number): AuditEntry => {
  const entry = chain[index];
  if (entry === undefined) throw new Error(`no entry ${index}`);
  return entry;
};
const broken = (kind: string, seq: number) => ({ ok: false, error: { kind, seq } });

/** An entry with changed content whose hash was computed again, as someone would who knows how. */
const forged = (entry: AuditEntry): AuditEntry =>
  linkEntry(
    entry.seq === 1 ? null : { seq: entry.seq - 1, hash: entry.prev },
    { ...entry, data: { forged: true } },
    entry.at,
  );

describe('linking', () => {
  test('the first entry has number 1 and 64 zeros before it', () => {
    expect(linkEntry(null, draft, instant(5))).toMatchObject({ ...draft, seq: 1, at: 5, prev: '0'.repeat(64) });
    expect(NO_PREVIOUS).toBe('0'.repeat(64));
  });

  test('the next entry has the next number and the hash of the one before', () => {
    const next = linkEntry({ seq: 41, hash: 'ab'.repeat(32) }, draft, instant(5));
    expect(next).toMatchObject({ seq: 42, prev: 'ab'.repeat(32) });
  });

  test('the hash is SHA-256 over the sorted JSON of everything else', () => {
    const written =
      '{"actor":11,"at":5,"data":{"answer":"approve","head":"abc"},"grantId":null,"installationId":7,"kind":"vote.cast",' +
      `"prev":"${'0'.repeat(64)}","repoId":13,"requestId":"r-1","seq":1}`;
    expect(linkEntry(null, draft, instant(5)).hash).toBe(createHash('sha256').update(written).digest('hex'));
  });

  test('the order of keys does not change the hash', () => {
    const one = linkEntry(null, { ...draft, data: { a: 1, b: { c: 2, d: 3 } } }, instant(5));
    const other = linkEntry(null, { ...draft, data: { b: { d: 3, c: 2 }, a: 1 } }, instant(5));
    expect(other.hash).toBe(one.hash);
  });

  test('text that cannot be stored is replaced, in keys and values at any depth', () => {
    const data = {
      'k\uD800': ['a\u0000b', { 'n\u0000': '\uDFFF!' }],
      fine: '\u{1F600}',
      yes: true,
      none: null,
      two: 2,
    };
    expect(linkEntry(null, { ...draft, data }, instant(5)).data).toEqual({
      'k\uFFFD': ['a\uFFFDb', { 'n\uFFFD': '\uFFFD!' }],
      fine: '\u{1F600}',
      yes: true,
      none: null,
      two: 2,
    });
  });

  test('only what an entry has is linked, whatever else a draft carries', () => {
    const carrying = { ...draft, extra: 'x', seq: 99, prev: 'y', hash: 'z' };
    expect(linkEntry(null, carrying, instant(5))).toEqual(linkEntry(null, draft, instant(5)));
  });

  test('a number that JSON cannot hold is a bug, and throws', () => {
    expect(() => linkEntry(null, { ...draft, data: { n: Infinity } }, instant(5))).toThrow(/Infinity/);
  });
});

describe('a chain', () => {
  test('as it was linked verifies, also after it was stored as JSON', () => {
    fc.assert(
      fc.property(chains(0), (chain) => {
        const last = chain.at(-1);
        const head = last === undefined ? null : { seq: last.seq, hash: last.hash };
        const expected = { ok: true, value: { count: chain.length, head } };
        expect(verifyChain(chain)).toEqual(expected);
        expect(verifyChain(chain.map((entry) => JSON.parse(JSON.stringify(entry)) as AuditEntry))).toEqual(expected);
      }),
    );
  });

  test.each<[string, (entry: AuditEntry) => AuditEntry]>([
    ['installation id', (entry) => ({ ...entry, installationId: installationId(8) })],
    ['kind', (entry) => ({ ...entry, kind: entry.kind === 'vote.cast' ? 'vote.voided' : 'vote.cast' })],
    ['actor', (entry) => ({ ...entry, actor: userId((entry.actor ?? 0) + 1) })],
    ['repository', (entry) => ({ ...entry, repoId: repoId((entry.repoId ?? 0) + 1) })],
    ['request', (entry) => ({ ...entry, requestId: requestId(`${entry.requestId ?? ''}x`) })],
    ['grant', (entry) => ({ ...entry, grantId: grantId(`${entry.grantId ?? ''}x`) })],
    ['data', (entry) => ({ ...entry, data: { ...entry.data, added: 1 } })],
    ['time', (entry) => ({ ...entry, at: instant(entry.at + 1) })],
    ['previous hash', (entry) => ({ ...entry, prev: 'f'.repeat(64) })],
    ['own hash', (entry) => ({ ...entry, hash: 'f'.repeat(64) })],
    ['shape, by a field more', (entry) => ({ ...entry, note: 'hi' })],
    ['text, by half a surrogate pair', (entry) => ({ ...entry, data: { text: '\uD800' } })],
  ])('of which one entry has another %s is broken there', (what, change) => {
    fc.assert(
      fc.property(chainAndPlace(2), ([chain, index]) => {
        const verified = verifyChain(chain.with(index, change(at(chain, index))));
        // The first entry says which installation the chain is of, so there only the hash tells.
        const other = what === 'installation id' && index > 0;
        expect(verified).toEqual(broken(other ? 'other-installation' : 'hash-mismatch', index + 1));
      }),
    );
  });

  test('in which one entry was forged, its hash computed again, is broken at the next', () => {
    fc.assert(
      fc.property(chainAndPlace(2), ([chain, index]) => {
        fc.pre(index < chain.length - 1);
        expect(verifyChain(chain.with(index, forged(at(chain, index))))).toEqual(broken('wrong-previous', index + 2));
      }),
    );
  });

  test('from which one entry before the last was taken has a gap there', () => {
    fc.assert(
      fc.property(chainAndPlace(2), ([chain, index]) => {
        fc.pre(index < chain.length - 1);
        expect(verifyChain(chain.toSpliced(index, 1))).toEqual(broken('gap', index + 1));
      }),
    );
  });

  test('in which two entries were swapped has a gap where the first of them was', () => {
    fc.assert(
      fc.property(chainAndPlace(2), fc.nat(), ([chain, index], step) => {
        const other = (index + 1 + (step % (chain.length - 1))) % chain.length;
        const swapped = chain.with(index, at(chain, other)).with(other, at(chain, index));
        expect(verifyChain(swapped)).toEqual(broken('gap', Math.min(index, other) + 1));
      }),
    );
  });

  test('in which an entry stands twice is broken at the second', () => {
    fc.assert(
      fc.property(chainAndPlace(1), ([chain, index]) => {
        expect(verifyChain(chain.toSpliced(index + 1, 0, at(chain, index)))).toEqual(broken('duplicate', index + 1));
      }),
    );
  });

  test('in which an earlier entry comes again later is out of order there', () => {
    fc.assert(
      fc.property(chainAndPlace(2), ([chain, index]) => {
        fc.pre(index < chain.length - 1);
        expect(verifyChain([...chain, at(chain, index)])).toEqual(broken('out-of-order', index + 1));
      }),
    );
  });

  test('into which an entry was put is broken at it or right after it', () => {
    fc.assert(
      fc.property(chainAndPlace(1), drafts, ([chain, index], added) => {
        const before = at(chain, index);
        const inserted = linkEntry(before, added, before.at);
        const verified = verifyChain(chain.toSpliced(index + 1, 0, inserted));
        const next = index + 2;
        const atTheEnd = index === chain.length - 1;
        expect(verified).toEqual(
          atTheEnd
            ? { ok: true, value: { count: next, head: { seq: next, hash: inserted.hash } } }
            : broken('duplicate', next),
        );
      }),
    );
  });

  test('whose end was cut off verifies, unless it is known how long it was', () => {
    fc.assert(
      fc.property(chainAndPlace(2), ([chain, index]) => {
        const last = at(chain, chain.length - 1);
        const cut = chain.slice(0, index);
        expect(verifyChain(cut).ok).toBe(true);
        expect(verifyChain(cut, { heads: [last] })).toEqual(broken('truncated', last.seq));
      }),
    );
  });

  test('that was written anew from some entry on verifies, unless a later entry is known', () => {
    fc.assert(
      fc.property(chainAndPlace(1), ([chain, index]) => {
        const anew = chainOf(
          chain.map((entry, place) => (place < index ? entry : { ...entry, data: { forged: place } })),
        );
        const last = at(chain, chain.length - 1);
        expect(verifyChain(anew).ok).toBe(true);
        expect(verifyChain(anew, { heads: [last] })).toEqual(broken('wrong-head', last.seq));
      }),
    );
  });

  test('that grew since an entry was noted verifies against it', () => {
    fc.assert(
      fc.property(chainAndPlace(1), ([chain, index]) => {
        expect(verifyChain(chain, { heads: [at(chain, index)] })).toMatchObject({
          ok: true,
          value: { count: chain.length },
        });
      }),
    );
  });

  test('is verified from a known entry on', () => {
    fc.assert(
      fc.property(chainAndPlace(2), ([chain, index]) => {
        fc.pre(index < chain.length - 1);
        const rest = chain.slice(index + 1);
        const last = at(chain, chain.length - 1);
        expect(verifyChain(rest, { after: at(chain, index) })).toEqual({
          ok: true,
          value: { count: rest.length, head: { seq: last.seq, hash: last.hash } },
        });
        expect(verifyChain(rest)).toEqual(broken('gap', 1));
        expect(verifyChain(rest, { after: { seq: index + 1, hash: 'f'.repeat(64) } })).toEqual(
          broken('wrong-previous', index + 2),
        );
      }),
    );
  });

  test('without entries verifies and has no head', () => {
    expect(verifyChain([])).toEqual({ ok: true, value: { count: 0, head: null } });
    expect(verifyChain([], { heads: [{ seq: 3, hash: 'a' }] })).toEqual(broken('truncated', 3));
    expect(verifyChain([], { after: { seq: 3, hash: 'a' } })).toEqual({
      ok: true,
      value: { count: 0, head: { seq: 3, hash: 'a' } },
    });
  });
});

describe('a verifier', () => {
  test('says the first break at once, and keeps to it', () => {
    const chain = chainOf([draft, draft, draft]);
    const { take, finish } = verifier();
    expect(take(at(chain, 0))).toBeNull();
    expect(take(at(chain, 2))).toEqual({ kind: 'gap', seq: 2 });
    expect(take(at(chain, 1))).toEqual({ kind: 'gap', seq: 2 });
    expect(finish()).toEqual(broken('gap', 2));
  });

  test('stops reading at the first break', () => {
    const chain = chainOf([draft, draft, draft]);
    let read = 0;
    function* tampered() {
      for (const entry of [at(chain, 1), at(chain, 2)]) {
        read += 1;
        yield entry;
      }
    }
    expect(verifyChain(tampered())).toEqual(broken('gap', 1));
    expect(read).toBe(1);
  });

  test('goes through 50,000 entries without keeping them', () => {
    function* long() {
      let last: AuditEntry | null = null;
      for (let index = 0; index < 50_000; index += 1) yield (last = linkEntry(last, draft, instant(index)));
    }
    expect(verifyChain(long())).toMatchObject({ ok: true, value: { count: 50_000 } });
  });
});
