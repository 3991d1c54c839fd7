/** The forms in which the audit log leaves the house. */

import canonicalize from 'canonicalize';
import type { AuditEntry } from './audit.ts';
import { escapeCsvCell } from './csv.ts';

/**
 * One entry as a line of JSON Lines, without the line break. It is in RFC 8785 form, so that anyone can check `hash`
 * with a JSON library and SHA-256: take the member out, write the rest in that form again, and hash it.
 */
export const toJsonLine = (entry: AuditEntry): string => canonicalize(entry) ?? '';

const COLUMNS = {
  installation: (entry) => String(entry.installationId),
  seq: (entry) => String(entry.seq),
  at: (entry) => new Date(entry.at).toISOString(),
  kind: (entry) => entry.kind,
  actor: (entry) => String(entry.actor ?? ''),
  repository: (entry) => String(entry.repoId ?? ''),
  request: (entry) => entry.requestId ?? '',
  grant: (entry) => entry.grantId ?? '',
  data: (entry) => canonicalize(entry.data) ?? '',
  hash: (entry) => entry.hash,
} as const satisfies Readonly<Record<string, (entry: AuditEntry) => string>>;

/** The names of the columns of a CSV export (RFC 4180). */
export const CSV_HEADER = Object.keys(COLUMNS).join(',');

/** One entry as a line of CSV, without the line break: to be read in a table, not to be verified. */
export const toCsvLine = (entry: AuditEntry): string =>
  Object.values(COLUMNS)
    .map((cell) => escapeCsvCell(cell(entry)))
    .join(',');
