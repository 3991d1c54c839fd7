/** Where the tables and what the audit log tells of them differ. */

import canonicalize from 'canonicalize';
import type { Json } from './audit.ts';
import type { RowRecord } from './audit-record.ts';

/** One thing that the table and the log do not agree on. */
export type Difference = {
  readonly table: 'request' | 'vote' | 'grant';
  /** The row's id, or a vote's key. */
  readonly id: string;
  /** `null`: the row as a whole is on one side only. */
  readonly field: string | null;
  /** `undefined`: not there. */
  readonly inTable: Json | undefined;
  readonly inLog: Json | undefined;
};

/** Holds one row of a table against what the log tells of it; `null` is a row that is not there. */
export function compareRow(
  table: Difference['table'],
  id: string,
  inTable: RowRecord | null,
  inLog: RowRecord | null,
): readonly Difference[] {
  if (inTable === null && inLog === null) return [];
  if (inTable === null || inLog === null) {
    return [{ table, id, field: null, inTable: inTable ?? undefined, inLog: inLog ?? undefined }];
  }
  const fields = [...new Set([...Object.keys(inTable), ...Object.keys(inLog)])].sort();
  return fields.flatMap((field) =>
    isSame(inTable[field], inLog[field]) ? [] : [{ table, id, field, inTable: inTable[field], inLog: inLog[field] }],
  );
}

/** By value, whatever the order of the keys: the database keeps its own. */
const isSame = (a: Json | undefined, b: Json | undefined): boolean =>
  a === undefined || b === undefined ? a === b : canonicalize(a) === canonicalize(b);
