import { html } from 'hono/html';
import type { Page } from './layout.ts';

/** A page with one sentence, for what cannot be shown. */
export function messagePage(title: string, message: string): Page {
  return {
    title,
    description: message,
    path: '',
    scripts: [],
    body: html`<section class="panel narrow"><h1>${title}</h1><p>${message}</p><p><a class="button" href="/">Retour à l’accueil</a></p></section>`,
  };
}
