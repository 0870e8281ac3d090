import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

// The shelves. Arrows only point down: views → domains → compose → words → ui, and host beside them.
const DOMAINS = ['account', 'action', 'connection', 'conversation', 'filter', 'jobs', 'thread'];
const tauri = { group: ['@tauri-apps/*'], message: 'Only src/lib/host may talk to Tauri.' };
const views = { group: ['**/views/*', '**/views/**'], message: 'Views combine; nothing imports a view.' };
const fake = { group: ['**/test/*', '**/test/**'], message: 'The in-memory host is for tests and development only.' };
const noDomain = (own) => ({
  group: DOMAINS.filter((name) => name !== own).flatMap((name) => [`**/lib/${name}/*`, `../${name}/*`, `../${name}`]),
  message: 'A domain may import ui/, words/, host/ and itself; combine domains in views/.',
});
const restrict = (...patterns) => ({ 'no-restricted-imports': ['error', { patterns }] });

export default ts.config(
  { ignores: ['dist', 'node_modules', 'src/lib/host/wire'] },
  js.configs.recommended,
  ...ts.configs.strict,
  ...svelte.configs.recommended,
  ...svelte.configs.prettier,
  { languageOptions: { globals: { ...globals.browser, ...globals.node } } },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, extraFileExtensions: ['.svelte'], svelteConfig } },
    rules: {
      'svelte/no-at-html-tags': 'error',
      // Maps and sets that live in `$state.raw` or a derived are replaced whole, never mutated.
      'svelte/prefer-svelte-reactivity': 'off',
      'svelte/block-lang': ['error', { script: 'ts' }],
      // With a nonce in the window's CSP a static style attribute is ignored; `style:` directives go through the CSSOM.
      'no-restricted-syntax': [
        'error',
        { selector: 'SvelteAttribute[key.name="style"]', message: 'The CSP drops style attributes; use `style:`.' },
      ],
    },
  },
  { rules: { 'no-console': 'error', eqeqeq: 'error', 'prefer-const': 'off', 'svelte/prefer-const': 'off' } },
  { files: ['src/**/*.{ts,svelte}'], ignores: ['src/**/*.test.ts', 'src/test/**'], rules: restrict(tauri, fake) },
  { files: ['src/lib/host/**/*.ts'], rules: restrict(views, noDomain('host')) },
  {
    files: ['src/lib/ui/**/*.{ts,svelte}'],
    rules: restrict(tauri, fake, views, noDomain('ui'), {
      group: ['**/host/*', '**/words/*', '../words', '../host'],
      message: 'ui/ knows no domain words.',
    }),
  },
  { files: ['src/lib/words/**/*.{ts,svelte}'], rules: restrict(tauri, fake, views, noDomain('words')) },
  {
    files: ['src/lib/compose/**/*.{ts,svelte}'],
    ignores: ['src/**/*.test.ts'],
    rules: restrict(tauri, fake, views, noDomain('compose')),
  },
  ...DOMAINS.map((name) => ({
    files: [`src/lib/${name}/**/*.{ts,svelte}`],
    ignores: ['src/**/*.test.ts'],
    rules: restrict(tauri, fake, views, noDomain(name)),
  })),
);
