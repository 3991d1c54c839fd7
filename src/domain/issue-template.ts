/** The issue form for access requests, as `jit-gate init` writes it. `access-form.ts` reads what people fill in. */

/** Where the form lives in a repository. */
export const ACCESS_REQUEST_TEMPLATE_PATH = '.github/ISSUE_TEMPLATE/access-request.yml';

/**
 * A GitHub issue form (https://docs.github.com/en/communities/using-templates-to-encourage-useful-issues-and-pull-requests/syntax-for-issue-forms).
 * Its labels are headings that `readAccessForm` knows.
 */
export const ACCESS_REQUEST_TEMPLATE = `name: Access request
description: Ask for a role on a repository, for a reason and a time.
title: Access request
labels: [access-request]
body:
  - type: markdown
    attributes:
      value: |
        When those whom the policy names agree, you get the role. When the time is over, it is taken back.
        The app answers in a comment below: what it understood, who can approve, and when the access ends.
  - type: dropdown
    id: role
    attributes:
      label: Role
      description: The least that does the job. \`pull\` reads, \`triage\` manages issues, \`push\` writes.
      options:
        - pull
        - triage
        - push
        - maintain
        - admin
    validations:
      required: true
  - type: input
    id: duration
    attributes:
      label: Duration
      description: How long you need it. Left empty, the policy's default applies.
      placeholder: 1h
    validations:
      required: false
  - type: input
    id: start
    attributes:
      label: Start
      description: When it is to begin, with the zone. Left empty, it begins once approved.
      placeholder: 2026-12-01 09:00 Europe/Berlin
    validations:
      required: false
  - type: input
    id: repository
    attributes:
      label: Repository
      description: Left empty, it is this repository.
      placeholder: OWNER/REPO
    validations:
      required: false
  - type: textarea
    id: reason
    attributes:
      label: Reason
      description: What you are going to do. Those who approve read it, and the audit log keeps it.
    validations:
      required: true
  - type: input
    id: ticket
    attributes:
      label: Ticket
      description: The ticket or incident that this is for, where the policy asks for one.
      placeholder: SEC-123
    validations:
      required: false
`;
