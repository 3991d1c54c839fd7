/** Which teams and accounts a policy names, and where: what only GitHub can tell whether they are there. */

import type { Finding } from './model.ts';
import { splitTeam } from './team-name.ts';
import { isMapping } from './view.ts';
import { readYaml, type Path, type Place } from './yaml.ts';

/** A team by its slug, or an account by login or id. It is named once for each place where it stands. */
export type NamedThere = Place &
  /** `granted`: it is named for people to be given it, not to approve. */
  (
    | { readonly kind: 'team'; readonly slug: string; readonly granted: boolean }
    | { readonly kind: 'login'; readonly login: string }
    | { readonly kind: 'id'; readonly id: number }
  );

/** Every team and account that the text names, wherever it stands. Empty for a text that is no YAML. */
export function namedIn(text: string): readonly NamedThere[] {
  const { document } = readYaml(text);
  if (document === null) return [];
  return walk(document.value, []).map(({ path, list, value }) => {
    const place = document.locate(path, 'value');
    if (typeof value === 'number') return { ...place, kind: 'id', id: value };
    return list === 'teams'
      ? { ...place, kind: 'team', slug: splitTeam(value.toLowerCase()).slug, granted: isGranted(path) }
      : { ...place, kind: 'login', login: value };
  });
}

/** `access: [{ teams }]` and `limits: { teams }`. */
const isGranted = ([top, , key]: Path): boolean => top === 'limits' || (top === 'access' && key === 'teams');

type Found = { readonly path: Path; readonly list: 'teams' | 'users'; readonly value: string | number };

function walk(value: unknown, path: Path): readonly Found[] {
  if (Array.isArray(value)) {
    const list = listAt(path);
    return value.flatMap((item: unknown, index): readonly Found[] => {
      const at = [...path, index];
      if (list !== null && (typeof item === 'string' || typeof item === 'number')) {
        return [{ path: at, list, value: item }];
      }
      return walk(item, at);
    });
  }
  if (!isMapping(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => walk(inner, [...path, key]));
}

/** What a list's items name. The conditions about authors take bare logins, too. */
function listAt(path: Path): Found['list'] | null {
  const last = path.at(-1);
  if (last === 'teams') return 'teams';
  return last === 'users' || last === 'authors' || last === 'only-authors' ? 'users' : null;
}

/** That GitHub does not know what is named. `why` is what it said. */
export function absentFinding(named: NamedThere, why: string): Finding {
  const { line, column } = named;
  const held = 'whatever needs it is held until it is there';
  switch (named.kind) {
    case 'team':
      return {
        severity: 'error',
        code: 'no-such-team',
        line,
        column,
        message: why,
        hint: named.granted ? 'whoever asks for it is refused until it is there' : held,
      };
    case 'login':
    case 'id':
      return { severity: 'error', code: 'no-such-user', line, column, message: why, hint: held };
  }
}

/** That a team is there and has nobody in it. */
export const emptyTeamFinding = ({ line, column }: Place, slug: string): Finding => ({
  severity: 'warning',
  code: 'empty-team',
  line,
  column,
  message: `the team "${slug}" has no members`,
  hint: 'nobody can approve for it',
});
