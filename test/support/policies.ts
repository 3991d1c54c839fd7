/** Policies for the people of the stage, put together from gates and access rules in YAML's short form. */

const GROUPS = `version: 1
groups:
  release: { teams: [release] }
  security: { teams: [security] }
  engineers: { teams: [engineers] }
  maintainers: { role: maintain }
  owners: { codeowners: true }
`;

/** A gate on merges into main that one member of the release team opens. */
export const MAIN_GATE = '{ name: main, on: merge, branches: ["main"], approvals: [{ from: [release] }] }';

/** A gate on deployments to production that one member of the release team opens. */
export const PRODUCTION_GATE =
  '{ name: production, on: deployment, environments: ["production"], approvals: [{ from: [release] }] }';

/** A rule by which engineers get triage or push, approved by one who maintains the repository. */
export const SHIFT_RULE =
  '{ name: shift, roles: [triage, push], requesters: [engineers], max-duration: 8h, default-duration: 1h, approvals: [{ from: [maintainers] }] }';

export const gates = (...rules: readonly string[]): string => `${GROUPS}gates:\n${listed(rules)}`;

export const access = (...rules: readonly string[]): string => `${GROUPS}access:\n${listed(rules)}`;

const listed = (rules: readonly string[]): string => rules.map((rule) => `  - ${rule}\n`).join('');
