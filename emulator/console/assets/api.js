// Calls of fclocal: emulator/console/assets.h has them all.

import { showLink } from './link.js';

class ApiError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

const token = document.querySelector('meta[name="openfc-token"]').content;

/// The answer's JSON. An ApiError of status 0: nobody answered.
export async function call(path, options = {}) {
  let response;
  try {
    response = await fetch(`/_openfc/${path}`, {
      ...options,
      headers: { 'x-openfc-token': token },
      cache: 'no-store',
      credentials: 'omit',
    });
  } catch {
    throw new ApiError(0, 'fclocal does not answer');
  }
  const answer = await response.json().catch(() => ({}));
  if (response.status !== 403) showLink(null);
  if (!response.ok) throw new ApiError(response.status, answer.error || `status ${response.status}`);
  return answer;
}

export function withQuery(path, query) {
  const set = Object.entries(query).filter(([, value]) => value !== '' && value !== undefined);
  return set.length ? `${path}?${new URLSearchParams(set)}` : path;
}
