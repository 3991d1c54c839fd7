/** How a policy names a team: by its slug, and where that went to another team, by its number as well. */

export type TeamName = {
  readonly slug: string;
  /** GitHub's number of the team; `null` where only the slug is given. */
  readonly id: number | null;
};

/** `release` or `release#4711`. */
export function splitTeam(named: string): TeamName {
  const [slug = '', id] = named.split('#');
  return { slug, id: id === undefined ? null : Number(id) };
}
