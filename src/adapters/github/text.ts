/** How is a text kept within GitHub's limits? */

/** GitHub's limit on what a check run's title, summary and text hold, in characters. */
export const MAX_OUTPUT = 65_535;
/** GitHub's limit on the body of a comment or issue, in characters. */
export const MAX_BODY = 65_536;

const NOTE = '\n\n… (cut here: GitHub takes no more)';
const SHORT_NOTE = '…';

/**
 * The text, or its beginning with a note that it was cut. Never longer than `max`, counted in UTF-16 code units: that is
 * never less than what GitHub counts. A character is not split, and an HTML comment at the very end stays, since it is
 * how the app finds its own words again.
 */
export function cut(text: string, max: number): string {
  if (text.length <= max) return text;
  const marker = markerAtEnd(text, max);
  const note = max > 200 ? NOTE : SHORT_NOTE;
  const room = max - note.length - marker.length;
  const last = text.charCodeAt(room - 1);
  const splits = last >= 0xd800 && last <= 0xdbff;
  return `${text.slice(0, Math.max(0, splits ? room - 1 : room))}${note}${marker}`;
}

function markerAtEnd(text: string, max: number): string {
  if (!text.trimEnd().endsWith('-->')) return '';
  const start = text.lastIndexOf('<!--');
  const marker = start < 0 ? '' : `\n${text.slice(start).trimEnd()}`;
  return marker.length * 2 < max && marker.length < 1000 ? marker : '';
}
