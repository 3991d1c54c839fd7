/** How findings are written as SARIF 2.1.0, which code scanning and editors read. */

import type { Finding } from '../model.ts';

const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';

/** The findings of one file as a SARIF log (https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html). */
export function toSarif(file: string, findings: readonly Finding[], version: string): object {
  const codes = [...new Set(findings.map(({ code }) => code))].sort();
  return {
    $schema: SCHEMA,
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'jit-gate', version, rules: codes.map((id) => ({ id, name: pascal(id) })) } },
        // Columns count as JavaScript counts characters.
        columnKind: 'utf16CodeUnits',
        results: findings.map((finding) => resultOf(file, finding, codes.indexOf(finding.code))),
      },
    ],
  };
}

function resultOf(file: string, { code, severity, message, hint, line, column }: Finding, ruleIndex: number): object {
  return {
    ruleId: code,
    ruleIndex,
    level: severity,
    message: { text: hint === null ? message : `${message} (${hint})` },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: uriOf(file) },
          region: { startLine: line, startColumn: column },
        },
      },
    ],
  };
}

/** A relative reference, or a `file:` address; never one whose first part could be taken for a scheme. */
function uriOf(file: string): string {
  const path = file.replaceAll('\\', '/').split('/').map(encodeURIComponent).join('/');
  return path.startsWith('/') ? `file://${path}` : path;
}

const pascal = (code: string): string =>
  code
    .split('-')
    .map((word) => `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`)
    .join('');
