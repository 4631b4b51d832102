// A dot for each invocation, the newest at the right, on a logarithmic scale.

import { $, makeSvg } from './dom.js';
import { summaryOf } from './figures.js';
import { showInvocation } from './invoke.js';
import { state } from './state.js';
import { duration } from './words.js';

export function drawPlot(invocations) {
  const plot = $('plot');
  plot.replaceChildren();
  plot.style.display = invocations.length ? '' : 'none';
  if (!invocations.length) return;
  const { width, height } = plot.getBoundingClientRect();
  const frame = { left: 46, right: width - 8, top: 8, bottom: height - 8 };
  const logs = invocations.map((invocation) => Math.log10(Math.max(invocation.durationMs, 0.01)));
  const low = Math.floor(Math.min(...logs));
  const high = Math.max(Math.ceil(Math.max(...logs)), low + 1);
  const y = (log) => frame.bottom - ((log - low) / (high - low)) * (frame.bottom - frame.top);
  const step = (frame.right - frame.left) / Math.max(invocations.length, 40);
  const x = (index) => frame.right - (invocations.length - 1 - index) * step - 4;
  for (let power = low; power <= high; ++power) {
    plot.append(
      makeSvg('line', { x1: frame.left, x2: frame.right, y1: y(power), y2: y(power) }),
      makeSvg('text', { x: frame.left - 6, y: y(power) + 4, 'text-anchor': 'end' }, scaleMark(power)));
  }
  plot.append(...invocations.map((invocation, index) => mark(invocation, x(index), y(logs[index]))));
  plot.setAttribute('aria-label', `Durations: ${summaryOf(invocations)}`);
}

function scaleMark(power) {
  const ms = 10 ** power;
  return ms < 1000 ? `${Number(ms.toFixed(2))} ms` : `${ms / 1000} s`;
}

function mark(invocation, x, y) {
  const isShown = invocation.requestId === state.shownId ? ' shown' : '';
  const made = invocation.ok
    ? makeSvg('circle', { cx: x, cy: y, r: 4, class: `dot${invocation.coldStart ? ' cold' : ''}${isShown}` })
    : makeSvg('path', { d: `M${x - 4} ${y - 4}l8 8m0 -8l-8 8`, class: `cross${isShown}` });
  made.append(makeSvg('title', {}, `${invocation.function}, ${duration(invocation.durationMs)}`
    + `${invocation.coldStart ? ', cold start' : ''}${invocation.ok ? '' : `, ${invocation.errorType || 'failed'}`}`));
  made.addEventListener('click', () => showInvocation(invocation));
  return made;
}
