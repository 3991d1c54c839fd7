/** The pages that a person sees while the app is registered. */

import type { Manifest } from './manifest.ts';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escape = (text: string): string => text.replace(/[&<>"']/gu, (character) => ENTITIES[character] ?? '');

const page = (title: string, body: string): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escape(title)}</title>
<style>body{font:1rem/1.5 system-ui,sans-serif;max-width:40rem;margin:3rem auto;padding:0 1rem}</style>
<h1>${escape(title)}</h1>
${body}
</html>
`;

/** The button that sends the manifest to GitHub; `action` carries the state that the answer has to bring back. */
export const startPage = (manifest: Manifest, action: string): string =>
  page(
    'Register JIT Gate on GitHub',
    `<p>GitHub shows what the app asks for, and you choose its name. Nothing is installed yet.</p>
<form method="post" action="${escape(action)}">
<input type="hidden" name="manifest" value="${escape(JSON.stringify(manifest))}">
<button>Continue to ${escape(new URL(action).host)}</button>
</form>`,
  );

export const donePage = (installUrl: string): string =>
  page(
    'Registered',
    `<p>The credentials are in <code>.env</code>. Now <a href="${escape(installUrl)}">install the app</a> on your
repositories, then start it with <code>jit-gate serve</code>. You can close this page.</p>`,
  );

export const refusedPage = (why: string): string => page('Not registered', `<p>${escape(why)}.</p>`);
