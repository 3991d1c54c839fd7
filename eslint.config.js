/** What the linter asks of the code. Types are known to it, so that forgotten promises and missing cases are found. */

import js from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** A file answers one question; its first line says which. */
const firstLine = {
  meta: { type: 'suggestion', schema: [] },
  create: (context) => ({
    Program(node) {
      const [first] = context.sourceCode.getAllComments();
      const said = first?.loc.start.line === 1 || context.sourceCode.lines[0]?.startsWith('#!') === true;
      if (!said)
        context.report({ node, message: 'Say in a comment on the first line which question this file answers.' });
    },
  }),
};

const noBarrels = {
  selector: 'ExportAllDeclaration',
  message: 'No barrels: import from the file that defines the thing, so that a reader finds it at once.',
};

/** The domain is pure: the time and the ids that it works with are arguments, or its tests would need a fake world. */
const pure = [
  {
    selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']",
    message: 'The domain has no clock: take `now` as an argument.',
  },
  {
    selector: "NewExpression[callee.name='Date'][arguments.length=0]",
    message: 'The domain has no clock: take `now` as an argument.',
  },
  {
    selector: "CallExpression[callee.object.name='Math'][callee.property.name='random']",
    message: 'The domain has no chance: take the id as an argument.',
  },
  {
    selector: "MemberExpression[object.name='process']",
    message: 'The domain does not know its process: take the value as an argument.',
  },
];

export default defineConfig(
  globalIgnores(['node_modules/', 'coverage/', 'reports/', '.jit-gate/', '.stryker-tmp/', '**/fixtures/']),
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { house: { rules: { 'first-line': firstLine } } },
    rules: {
      'house/first-line': 'error',
      complexity: ['error', { max: 12, variant: 'modified' }],
      eqeqeq: 'error',
      'max-depth': ['error', 4],
      'max-lines': ['warn', { max: 250, skipBlankLines: true, skipComments: true }],
      'no-console': 'error',
      'no-restricted-exports': ['error', { restrictDefaultExports: { direct: true, named: true, defaultFrom: true } }],
      'no-restricted-syntax': ['error', noBarrels],
      'prefer-const': 'error',
      '@typescript-eslint/consistent-type-exports': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-import-type-side-effects': 'error',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unnecessary-condition': [
        'error',
        { allowConstantLoopConditions: 'only-allowed-literals' },
      ],
      '@typescript-eslint/prefer-nullish-coalescing': 'error',
      '@typescript-eslint/prefer-optional-chain': 'error',
      // An adapter answers a port with a promise even where it has nothing to wait for.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/return-await': ['error', 'always'],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
    },
  },
  {
    files: ['src/domain/**/*.ts'],
    rules: { 'no-restricted-syntax': ['error', noBarrels, ...pure] },
  },
  {
    // Probot and the tools that read these files ask for a default export.
    files: ['src/index.ts', '*.config.ts'],
    rules: { 'no-restricted-exports': 'off' },
  },
  {
    files: ['test/**/*.ts', 'bench/**/*.ts', 'demo/**/*.ts', 'scripts/**/*.ts'],
    rules: {
      'no-console': 'off',
      // A table of cases is long, and that is no reason to scatter it.
      'max-lines': 'off',
      // `expect.objectContaining` and its like are typed `any`.
      '@typescript-eslint/no-unsafe-assignment': 'off',
    },
  },
  {
    files: ['**/*.js', '**/*.cjs'],
    languageOptions: { globals: { process: 'readonly', console: 'readonly', URL: 'readonly', __dirname: 'readonly' } },
  },
);
