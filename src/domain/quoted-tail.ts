/** Where does the part of an e-mail begin that its writer only quotes? */

/** How mail programs announce what they quote, in the languages they are mostly used in: first and last words. */
const ATTRIBUTIONS: readonly (readonly [string, string])[] = [
  ['On ', 'wrote:'],
  ['Am ', 'schrieb:'],
  ['Le ', 'a écrit :'],
  ['Le ', 'a écrit:'],
  ['El ', 'escribió:'],
  ['Em ', 'escreveu:'],
  ['Il ', 'ha scritto:'],
  ['Op ', 'schreef:'],
  ['Den ', 'skrev:'],
];

/** Some programs put the name after the verb: `Am 1. Mai schrieb Ana:`. */
const VERBS_BEFORE_NAMES: readonly (readonly [string, string])[] = [
  ['Am ', ' schrieb '],
  ['Op ', ' schreef '],
  ['Den ', ' skrev '],
];

const SEPARATORS =
  /^\s*-{2,}\s*(?:original message|forwarded message|ursprüngliche nachricht|message d.origine)\s*-{2,}\s*$/iu;
const FROM = /^\*{0,2}(?:From|Von|De|Da|Van):/u;
const SENT = /^\*{0,2}(?:Sent|Date|To|Gesendet|Datum|An|Envoyé|Enviado|Inviato|Verzonden):/u;

/** Attributions are broken over two or three lines where a name or an address is long. */
const LINES_OF_AN_ATTRIBUTION = 3;

/**
 * The index of the line of a paragraph from which on everything is quoted, such as `On Monday Ana wrote:`.
 * `null` where the paragraph announces no quote. Lines that are quoted by `>` are Markdown's, and not looked for here.
 */
export function quotedTailStart(paragraph: readonly string[]): number | null {
  const lines = paragraph.map((line) => line.trim());
  const start = lines.findIndex((line, index) => announces(line, lines.slice(index, index + LINES_OF_AN_ATTRIBUTION)));
  return start < 0 ? null : start;
}

function announces(line: string, following: readonly string[]): boolean {
  if (SEPARATORS.test(line)) return true;
  if (FROM.test(line) && following.some((next) => SENT.test(next))) return true;
  return following.some((last, index) => {
    if (ATTRIBUTIONS.some(([begin, end]) => line.startsWith(begin) && last.endsWith(end))) return true;
    if (!last.endsWith(':')) return false;
    const whole = following.slice(0, index + 1).join(' ');
    return VERBS_BEFORE_NAMES.some(([begin, verb]) => line.startsWith(begin) && whole.includes(verb));
  });
}
