// What keys do. Single keys work outside of fields, unless they are switched off.

import { $ } from './dom.js';
import { chooseBeside } from './functions.js';
import { moveAmongRows } from './invocations.js';
import { invoke } from './invoke.js';

const kSingleKeys = {
  '/': () => $('filter').select(),
  j: () => chooseBeside(1),
  k: () => chooseBeside(-1),
  e: () => $('event').focus(),
  s: () => $('sample').focus(),
  r: () => $('outcome').focus(),
  v: () => ($('invocation-rows').querySelector('button') || $('invocations')).focus(),
  i: () => ($('instance-list').querySelector('button') || $('instances')).focus(),
  t: () => $('theme').click(),
  '?': () => $('help').showModal(),
};

const isField = (element) => element.matches('input:not([type="checkbox"]), textarea, select');

function onKey(event) {
  if ((event.ctrlKey || event.metaKey) && event.key === 'Enter') {
    event.preventDefault();
    if (!event.repeat && !$('help').open) invoke(event.shiftKey);
    return;
  }
  if (event.key === 'Escape' && isField(event.target)) {
    event.target.blur();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || isField(event.target) || $('help').open) return;
  if (event.target.closest('#invocation-rows') && /^Arrow(Up|Down)$/.test(event.key)) {
    event.preventDefault();
    moveAmongRows(event.key === 'ArrowDown' ? 1 : -1);
    return;
  }
  const action = kSingleKeys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!action || !$('single-keys').checked) return;
  event.preventDefault();
  action();
}

export function beginKeys() {
  $('help-open').addEventListener('click', () => $('help').showModal());
  $('help-close').addEventListener('click', () => $('help').close());
  $('single-keys').checked = localStorage.getItem('openfc-single-keys') !== 'no';
  $('single-keys').addEventListener('change', (event) => {
    localStorage.setItem('openfc-single-keys', event.target.checked ? 'yes' : 'no');
  });
  document.addEventListener('keydown', onKey);
}
