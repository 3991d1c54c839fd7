/** Whom does a commit message name as co-authors? */

import { userId, type UserId } from '../../domain/identity.ts';

/**
 * Addresses of the `Co-authored-by:` lines of a message, in lower case, each once. GitHub credits only those in the last
 * paragraph; here any such line counts, since one that is taken for a co-author too many can only ask for more approval.
 * A line that names no address gives its whole text, which belongs to no account.
 */
export function coAuthorsOf(message: string): readonly string[] {
  const found = new Set<string>();
  for (const line of message.split(/\r\n|\n|\r/u)) {
    const colon = line.indexOf(':');
    if (colon < 0 || line.slice(0, colon).trim().toLowerCase() !== 'co-authored-by') continue;
    const words = line.slice(colon + 1).trim();
    const open = words.lastIndexOf('<');
    const close = words.lastIndexOf('>');
    const address = open >= 0 && close > open ? words.slice(open + 1, close) : words;
    found.add(address.trim().toLowerCase());
  }
  return [...found];
}

/**
 * The account behind an address that GitHub gives to people who hide theirs: `ID+LOGIN@users.noreply.github.com`, or
 * without the id for accounts made before July 2017. `null` for any other address.
 * See https://docs.github.com/en/account-and-profile/reference/email-addresses-reference.
 */
export function noreplyOf(email: string): { readonly id: UserId | null; readonly login: string } | null {
  const match =
    /^(?:(\d{1,15})\+)?([a-z0-9](?:[a-z0-9_-]{0,98}[a-z0-9])?(?:\[bot\])?)@users\.noreply\.github\.com$/iu.exec(email);
  const [, id, login] = match ?? [];
  return login === undefined ? null : { id: id === undefined ? null : userId(Number(id)), login };
}
