/** How findings are written for a GitHub workflow, which shows them on the lines of the file. */

import type { Finding } from '../model.ts';

/**
 * One workflow command
 * (https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#setting-an-error-message).
 * The runner reads commands line by line, so nothing in a finding may begin a line of its own.
 */
export function workflowCommand(file: string, finding: Finding): string {
  const { severity, line, column, code, message, hint } = finding;
  const place = `file=${property(file)},line=${line},col=${column},title=${property(code)}`;
  return `::${severity} ${place}::${data(hint === null ? message : `${message}\n${hint}`)}`;
}

const data = (text: string): string =>
  text.toWellFormed().replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');

const property = (text: string): string => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
