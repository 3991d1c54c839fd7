/** How are the doctor's findings shown to a person? */

import type { DoctorFinding } from '../../domain/doctor/model.ts';

const MARKS: Readonly<Record<DoctorFinding['severity'], string>> = { ok: 'ok', warning: 'warning', error: 'ERROR' };

/** Writes them below what they are about, each with what to do and where. */
export function printFindings(findings: readonly DoctorFinding[], write: (line: string) => void): void {
  for (const [about, list] of Map.groupBy(findings, (one) => one.about)) {
    write(about);
    for (const one of list) {
      write(`  ${MARKS[one.severity].padEnd(7)}  ${one.message} [${one.code}]`);
      const todo = [one.todo, one.repair === null ? null : '(--fix can do this)'].filter((part) => part !== null);
      if (todo.length > 0) write(`           -> ${todo.join(' ')}`);
      if (one.page !== null) write(`              ${one.page}`);
    }
  }
}

/** One sentence on all of them. */
export function summary(findings: readonly DoctorFinding[]): string {
  const count = (severity: DoctorFinding['severity']): number =>
    findings.filter((one) => one.severity === severity).length;
  const [errors, warnings] = [count('error'), count('warning')];
  const fixable = findings.filter(({ repair }) => repair !== null).length;
  const help = fixable > 0 ? ` --fix can do something about ${fixable}.` : '';
  if (errors === 0 && warnings === 0) return 'Everything that was looked at is enforced.';
  return `${counted(errors, 'error')}, ${counted(warnings, 'warning')}.${help}`;
}

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
