/** Which commands there are, who may say them and what they do: for `/help`, the README and the usage in a refusal. */

export const COMMAND_NAMES = [
  'approve',
  'deny',
  'request',
  'extend',
  'revoke',
  'cancel',
  'break-glass',
  'reviewed',
  'explain',
  'status',
  'help',
] as const;
export type CommandName = (typeof COMMAND_NAMES)[number];

export type CommandEntry = {
  readonly name: CommandName;
  /** Other words for the same, without the slash. */
  readonly aliases: readonly string[];
  /** How it is written. Square brackets hold what may be left out, capitals what is to be filled in. */
  readonly usage: string;
  readonly who: string;
  /** What it does, as a sentence in Markdown. */
  readonly what: string;
};

export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'approve',
    aliases: [],
    usage: '/approve [GATE or REQUEST] [COMMIT] [: REASON]',
    who: 'approvers',
    what: 'Votes yes. Bare, it means the one request that waits here; `/approve all` means every one.',
  },
  {
    name: 'deny',
    aliases: ['reject'],
    usage: '/deny [GATE or REQUEST] [COMMIT] [: REASON]',
    who: 'approvers',
    what: 'Ends the request. The reason is shown.',
  },
  {
    name: 'request',
    aliases: [],
    usage: '/request ROLE [for DURATION] [start TIME] [on OWNER/REPO] [: REASON]',
    who: 'whom the policy lets ask',
    what: 'Asks for a role on a repository for a time, as the issue form does.',
  },
  {
    name: 'extend',
    aliases: [],
    usage: '/extend DURATION [: REASON]',
    who: 'the one who has the grant',
    what: 'Asks to lengthen a running grant.',
  },
  {
    name: 'revoke',
    aliases: ['done'],
    usage: '/revoke [: REASON]',
    who: 'the one who has the grant, approvers',
    what: 'Ends a grant now.',
  },
  {
    name: 'cancel',
    aliases: [],
    usage: '/cancel [: REASON]',
    who: 'the one who asked',
    what: 'Withdraws a request.',
  },
  {
    name: 'break-glass',
    aliases: [],
    usage: '/break-glass : REASON',
    who: 'whom the gate names',
    what: 'Releases at once, and opens a review that is owed.',
  },
  {
    name: 'reviewed',
    aliases: [],
    usage: '/reviewed [: REASON]',
    who: 'whom the gate names',
    what: 'Gives the review that is owed for what was let through here without approvals.',
  },
  {
    name: 'explain',
    aliases: [],
    usage: '/explain',
    who: 'anyone who can read',
    what: 'Says why it is held, rule by rule.',
  },
  {
    name: 'status',
    aliases: [],
    usage: '/status',
    who: 'anyone who can read',
    what: 'Says what waits here, and who can unblock it.',
  },
  {
    name: 'help',
    aliases: [],
    usage: '/help',
    who: 'anyone who can read',
    what: 'Says what can be said here.',
  },
];

/** Every word that means a command, in lower case. */
export const COMMAND_WORDS: ReadonlyMap<string, CommandName> = new Map(
  COMMANDS.flatMap(({ name, aliases }) => [name, ...aliases].map((word) => [word, name] as const)),
);

/** How a command is written. */
export const usageOf = (name: CommandName): string =>
  COMMANDS.find((entry) => entry.name === name)?.usage ?? `/${name}`;
