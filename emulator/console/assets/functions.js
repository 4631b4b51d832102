// The functions that are served, one of which is chosen.

import { call } from './api.js';
import { $, make, replaceItems } from './dom.js';
import { state, tell } from './state.js';
import { clock } from './words.js';

const sameFunction = (a, b) => a && b && a.name === b.name && a.service === b.service;

function describe(fn) {
  const parts = [fn.runtime || 'own runtime', `${fn.memoryMb} MB`, `${fn.timeoutS} s`];
  if (fn.concurrency > 1) parts.push(`${fn.concurrency} at once`);
  return parts.join(' · ');
}

function waysOf(fn) {
  const ways = [];
  if (fn.url && /^https?:\/\//.test(fn.url)) {
    ways.push(make('a', { href: fn.url, target: '_blank', rel: 'noreferrer', textContent: fn.url }));
  } else if (fn.http) {
    ways.push('HTTP trigger');
  }
  for (const timer of fn.timers || []) {
    const next = timer.next ? `, next ${clock(timer.next)}` : ', off';
    ways.push(`${timer.name}: ${timer.expression}${next}`);
  }
  return ways.map((way) => make('span', { className: 'ways' }, way));
}

function drawFunctions() {
  const wanted = $('filter').value.trim().toLowerCase();
  const title = (fn) => (fn.service ? `${fn.service} / ${fn.name}` : fn.name);
  const items = [];
  for (const fn of state.functions) {
    if (!title(fn).toLowerCase().includes(wanted)) continue;
    const isChosen = sameFunction(fn, state.chosen);
    const button = make('button',
      { type: 'button', 'aria-current': String(isChosen), 'data-key': title(fn) },
      make('span', { className: 'name', textContent: title(fn) }),
      make('span', { className: 'kind', textContent: describe(fn) }));
    button.addEventListener('click', () => choose(fn));
    items.push(make('li', {}, button, ...(isChosen ? waysOf(fn) : [])));
  }
  if (!items.length) items.push(make('li', { className: 'empty', textContent: 'No such function.' }));
  replaceItems($('function-list'), items);
  $('functions-count').textContent = state.functions.length;
}

function choose(fn) {
  if (sameFunction(fn, state.chosen)) return;
  state.chosen = fn;
  $('chosen').textContent = `for ${fn.name} (${fn.handler || fn.runtime})`;
  drawFunctions();
  tell('chosen');
}

export function chooseBeside(step) {
  const shown = [...$('function-list').querySelectorAll('button')];
  const at = shown.findIndex((button) => button.getAttribute('aria-current') === 'true');
  const next = shown[Math.min(Math.max(at + step, 0), shown.length - 1)];
  if (next) next.click();
}

export async function loadFunctions() {
  const { functions } = await call('functions');
  if (JSON.stringify(functions) === JSON.stringify(state.functions)) return;
  state.functions = functions;
  const still = state.functions.find((fn) => sameFunction(fn, state.chosen));
  if (still) state.chosen = still;
  else if (state.functions.length) choose(state.functions[0]);
  drawFunctions();
}

export function beginFunctions() {
  $('filter').addEventListener('input', drawFunctions);
  $('filter').addEventListener('keydown', (event) => {
    if (event.key !== 'Enter') return;
    $('function-list').querySelector('button')?.click();
    $('filter').value = '';
    drawFunctions();
  });
}
