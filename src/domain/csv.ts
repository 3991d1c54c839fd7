/** How text becomes one cell of a CSV file that no spreadsheet takes for a formula. */

/** Spreadsheets calculate what begins so, full-width forms included (https://owasp.org/www-community/attacks/CSV_Injection). */
const FORMULA = /^[\s\p{Cf}]*[=+\-@|%＝＋－＠]|^[\t\r\n]/u;

/** One cell, quoted where needed as RFC 4180 says. A cell that could be a formula gets an apostrophe in front. */
export function escapeCsvCell(text: string): string {
  const harmless = FORMULA.test(text) ? `'${text}` : text;
  return /[",;\r\n\t']/u.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
