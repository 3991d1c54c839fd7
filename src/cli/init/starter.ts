/** The policy that `jit-gate init` writes: small, commented, and valid as it stands. */

/** Where the schema that editors use is written, from the repository's root. */
export const SCHEMA_PATH = '.github/jit-policy.schema.json';

export type Starter = {
  readonly teams: readonly string[];
  readonly users: readonly string[];
  readonly branch: string;
  /** Whether the repository has a CODEOWNERS file, so that merges ask the owners. */
  readonly codeowners: boolean;
  readonly environment: string;
};

/** JSON's strings are YAML's double-quoted ones, so whatever a person typed stays one value. */
const list = (values: readonly string[]): string => `[${values.map((value) => JSON.stringify(value)).join(', ')}]`;

/** The policy's text. */
export function starterPolicy({ teams, users, branch, codeowners, environment }: Starter): string {
  const members = [
    ...(teams.length > 0 ? [`teams: ${list(teams)}`] : []),
    ...(users.length > 0 ? [`users: ${list(users)}`] : []),
  ];
  return `# yaml-language-server: $schema=./${SCHEMA_PATH}
# What needs an approval here, and whose. The app reads this file from the default branch alone, and a pull request
# that changes it is judged by the old one. Check it with: jit-gate policy check
version: 1

groups:
  approvers: { ${members.join(', ')} }
  # Whoever has at least this role on the repository.
  writers: { role: push }
${codeowners ? '  # By CODEOWNERS, of the files that changed.\n  owners: { codeowners: true }\n' : ''}
gates:
  # A deployment waits until one approver says /approve. Unanswered for four hours, it is denied.
  - name: deployment
    on: deployment
    environments: ${list([environment])}
    refs: ${list([branch])}
    approvals:
      - { from: [approvers], count: 1 }
    timeout: 4h

  # A merge waits for the check jit/merge; changes to documentation alone don't.
  - name: merge
    on: merge
    branches: ${list([branch])}
    unless: { only-paths: ["docs/**", "**/*.md"] }
    approvals:
      - { from: [${codeowners ? 'owners, ' : ''}approvers], count: 1 }

access:
  # Who may ask for which role, for how long, and who agrees. The role is taken back when the time is over.
  - name: more for a while
    roles: [triage, push, maintain]
    requesters: [writers]
    max-duration: 8h
    default-duration: 1h
    reason: { min-length: 10 }
    approvals:
      - { from: [approvers], count: 1 }

# What no gate above matches.
unmatched: { deployment: deny, action: deny, merge: allow }
`;
}
