// Whether fclocal answers, and what is done again and again while it does.

import { $ } from './dom.js';

const kRetryMs = 1500;

export const pause = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });

export function showLink(error) {
  const link = $('link');
  link.className = error ? 'link is-lost' : 'link is-live';
  link.textContent = error ? 'not connected' : 'live';
  const trouble = $('trouble');
  trouble.hidden = !error;
  if (!error) return;
  trouble.textContent = error.status === 403
    ? 'fclocal was started anew: reload this page.'
    : `${error.message}: trying again.`;
}

/// Does `step` again and again; when it fails, the page says so until it succeeds.
export async function repeat(step) {
  for (;;) {
    try {
      await step();
    } catch (error) {
      showLink(error);
      if (error.status === 403) return;
      await pause(kRetryMs);
    }
  }
}

/// Does `step` until it succeeds.
export async function until(step) {
  for (;;) {
    try {
      await step();
      return;
    } catch (error) {
      showLink(error);
      if (error.status === 403) await new Promise(() => {});
      await pause(kRetryMs);
    }
  }
}

/// While somebody looks.
export function refresh(load, everyMs) {
  return repeat(async () => {
    await load();
    await pause(everyMs);
    while (document.hidden) {
      await new Promise((resolve) => {
        document.addEventListener('visibilitychange', resolve, { once: true });
      });
    }
  });
}
