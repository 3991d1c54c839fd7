/** Which part may import which. `domain <- engine <- app`; the rest of the picture is in docs/architecture.md. */

/** Packages that compute and do nothing else, so that the domain may use them. */
const PURE_PACKAGES = [
  'zod',
  'js-yaml',
  'minimatch',
  'ignore',
  'canonicalize',
  'markdown-it',
  'temporal-polyfill',
  '@types/js-yaml',
].join('|');

const PURE = `^src/domain/|^(node:)?crypto$|(^|/)node_modules/(${PURE_PACKAGES})(/|$)`;

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      comment:
        'Reason: two files that import each other can only be understood, tested and changed together. ' +
        'Remedy: move what both need into a third file, or pass it as an argument.',
      from: {},
      to: { circular: true },
    },
    {
      name: 'domain-is-pure',
      severity: 'error',
      comment:
        'Reason: the domain decides, and a decision that needs no network, no disk and no clock can be tested with ' +
        'tables and replayed from the audit log. Remedy: take what you need as an argument and fetch it in ' +
        'src/engine/facts.ts; a package that only computes is added to PURE_PACKAGES here.',
      from: { path: '^src/domain/' },
      to: { pathNot: PURE },
    },
    {
      name: 'engine-sees-domain-only',
      severity: 'error',
      comment:
        'Reason: the engine orchestrates through ports, so that it runs unchanged on any database and in tests. ' +
        'Remedy: add what you need to src/engine/ports.ts and implement it in an adapter.',
      from: { path: '^src/engine/' },
      to: { pathNot: `^src/engine/|${PURE}` },
    },
    {
      name: 'events-see-domain-only',
      severity: 'error',
      comment:
        'Reason: reading a payload is parsing, nothing else: what it leads to is the engine’s business. ' +
        'Remedy: return a domain event, and fetch what is missing in src/engine.',
      from: { path: '^src/events/' },
      to: { pathNot: `^src/events/|${PURE}|(^|/)node_modules/@octokit/(webhooks|openapi-webhooks)[^/]*/` },
    },
    {
      name: 'adapters-see-domain-and-ports',
      severity: 'error',
      comment:
        'Reason: an adapter is exchanged without the engine knowing, so it may know the engine only by its ports. ' +
        'Remedy: move the type that you need into src/engine/ports.ts or the domain.',
      from: { path: '^src/adapters/' },
      to: { path: '^src/', pathNot: '^src/(domain|adapters)/|^src/engine/ports[.]ts$' },
    },
    {
      name: 'adapters-apart',
      severity: 'error',
      comment:
        'Reason: adapters that know each other can’t be exchanged one by one. ' +
        'Remedy: pass what you need through src/app.ts, which wires them, by a port.',
      from: { path: '^src/adapters/([^/.]+)(/|[.]ts$)' },
      to: { path: '^src/adapters/', pathNot: '^src/adapters/$1(/|[.]ts$)' },
    },
    {
      name: 'web-and-cli-read-through-ports',
      severity: 'error',
      comment:
        'Reason: a page or a command that reaches into the engine’s inside becomes a second way to change state. ' +
        'Remedy: read through a port, or let src/app.ts hand it in.',
      from: { path: '^src/(web|cli)/' },
      // Reading a payload changes nothing, and `policy explain` has to read it just as the server does.
      to: { path: '^src/(engine|events)/', pathNot: '^src/(engine/ports|events/read)[.]ts$' },
    },
    {
      name: 'only-app-and-cli-wire-adapters',
      severity: 'error',
      comment:
        'Reason: one place says which database and which GitHub this runs on. ' +
        'Remedy: take the port as an argument and wire it in src/app.ts or in the command.',
      from: { path: '^src/', pathNot: '^src/adapters/|^src/app[.]ts$|^src/cli/' },
      to: { path: '^src/adapters/' },
    },
    {
      name: 'app-is-the-top',
      severity: 'error',
      comment:
        'Reason: what everything is wired in can’t be needed by a part. ' +
        'Remedy: move the thing that you need out of src/app.ts, or take it as an argument.',
      from: { path: '^src/', pathNot: '^src/(app|index|log)[.]ts$|^src/cli/' },
      to: { path: '^src/(app|index|config|log)[.]ts$|^src/cli/' },
    },
    {
      name: 'src-never-imports-tests',
      severity: 'error',
      comment:
        'Reason: what ships must not hang on what does not. The demo starts the local GitHub as a program of its own. ' +
        'Remedy: move the file under src, or start it as a process.',
      from: { path: '^src/' },
      to: { path: '^(test|bench|demo|scripts)/' },
    },
    {
      name: 'ships-with-its-packages',
      severity: 'error',
      comment:
        'Reason: after `npm ci --omit=dev` such an import fails at the user’s. ' +
        'Remedy: move the package to `dependencies` in package.json.',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'resolves',
      severity: 'error',
      comment:
        'Reason: an import that can’t be found escapes the other rules. ' +
        'Remedy: correct the path (with `.ts`), or install the package.',
      from: { path: '^src/' },
      to: { couldNotResolve: true },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
