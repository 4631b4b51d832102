// Light, dark, or as the system. A script of its own, since it runs before the page is first drawn.
(() => {
'use strict';

const kNames = { system: 'Theme: system', light: 'Theme: light', dark: 'Theme: dark' };
const kOrder = Object.keys(kNames);

function theme() {
  const kept = localStorage.getItem('openfc-theme');
  return kOrder.includes(kept) ? kept : 'system';
}

function apply() {
  document.documentElement.dataset.theme = theme();
}

function next() {
  localStorage.setItem('openfc-theme', kOrder[(kOrder.indexOf(theme()) + 1) % kOrder.length]);
  apply();
}

apply();
document.addEventListener('DOMContentLoaded', () => {
  const button = document.getElementById('theme');
  button.textContent = kNames[theme()];
  button.addEventListener('click', () => {
    next();
    button.textContent = kNames[theme()];
  });
});
})();
