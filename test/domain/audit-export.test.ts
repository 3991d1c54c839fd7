/** Whether what leaves the audit log can be read and checked elsewhere. */

import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { describe, expect, test } from 'vitest';
import { linkEntry, type AuditEntry } from '../../src/domain/audit.ts';
import { CSV_HEADER, toCsvLine, toJsonLine } from '../../src/domain/audit-export.ts';
import { grantId, installationId, instant, requestId, userId } from '../../src/domain/identity.ts';

const entry = linkEntry(
  null,
  {
    installationId: installationId(7),
    kind: 'vote.cast',
    actor: userId(11),
    repoId: null,
    requestId: null,
    grantId: null,
    data: { reason: 'two\nlines\r\n\u2028and "quotes" \u{1F600}' },
  },
  instant(5),
);

test('an entry is one line that reads back as the entry', () => {
  const line = toJsonLine(entry);
  expect(line).not.toMatch(/[\n\r]/u);
  expect(JSON.parse(line)).toEqual(entry);
});

test('its hash is that of the line without the member `hash`', () => {
  const line = toJsonLine(entry).replace(`"hash":"${entry.hash}",`, '');
  expect(createHash('sha256').update(line).digest('hex')).toBe(entry.hash);
});

describe('an entry as a line of CSV', () => {
  const cellsOf = (line: string): string[] =>
    [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/gu)].map(
      ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '',
    );
  const withKind = (changes: Partial<AuditEntry>): AuditEntry => ({ ...entry, ...changes });

  test('has a cell for each column, and names them', () => {
    expect(CSV_HEADER).toBe('installation,seq,at,kind,actor,repository,request,grant,data,hash');
    expect(cellsOf(toCsvLine(entry))).toEqual([
      String(entry.installationId),
      '1',
      '1970-01-01T00:00:00.005Z',
      'vote.cast',
      '11',
      '',
      '',
      '',
      canonicalize(entry.data),
      entry.hash,
    ]);
  });

  test('leaves no cell that a spreadsheet calculates, whoever wrote it', () => {
    for (const evil of ['=1+1', '+1', '-1', '@SUM(A1)', '|calc', '\t=1', '\r=1']) {
      const cells = cellsOf(toCsvLine(withKind({ requestId: requestId(evil), grantId: grantId(evil) })));
      for (const cell of cells) expect(cell).not.toMatch(/^[\s]*[=+\-@|]/u);
    }
  });

  test('stays one row, whatever stands in it', () => {
    const cells = cellsOf(toCsvLine(withKind({ data: { reason: 'a","b', also: 'x, y' } })));
    expect(cells).toHaveLength(10);
    expect(JSON.parse(cells[8] ?? '')).toEqual({ reason: 'a","b', also: 'x, y' });
  });
});
