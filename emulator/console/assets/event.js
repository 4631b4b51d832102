// The event that is written, for each function its own, and the samples that can stand in its place.

import { call } from './api.js';
import { $, make } from './dom.js';
import { state, when } from './state.js';
import { count, fromBase64, isJson, readable, toBytes } from './words.js';

let own = null;  // {text, encoding}: what stood there before a sample did.

const draftKey = (fn) => `openfc-event:${fn.service || ''}/${fn.name}`;

function setEvent(text, encoding) {
  $('event').value = text;
  $('encoding').value = encoding;
  checkEvent();
}

/// The bytes to send; null, with a note, for what is no base64.
export function eventBytes() {
  const text = $('event').value;
  if ($('encoding').value === 'text') return toBytes(text);
  try {
    return fromBase64(text);
  } catch {
    return null;
  }
}

function checkEvent() {
  const bytes = eventBytes();
  const note = $('event-note');
  note.classList.toggle('wrong', bytes === null);
  if (bytes === null) {
    note.textContent = 'This is no base64.';
  } else {
    const text = $('event').value;
    const kind = $('encoding').value === 'text' && text.trim() && isJson(text) ? 'JSON, ' : '';
    note.textContent = kind + count(bytes.length, 'byte');
  }
  if (state.chosen) {
    const draft = JSON.stringify({ text: $('event').value, encoding: $('encoding').value });
    try {
      sessionStorage.setItem(draftKey(state.chosen), draft);
    } catch { /* Too large to be kept: it stays in the field. */ }
  }
}

/// What was written for a function comes back when it is chosen again.
function restoreEvent() {
  const draft = JSON.parse(sessionStorage.getItem(draftKey(state.chosen)) || '{}');
  setEvent(draft.text || '', draft.encoding || 'text');
  keepEvent();
}

/// Each step through the list shows a sample; its first entry brings back what was written before.
function takeSample() {
  const { sample } = $('sample').selectedOptions[0];
  own ??= { text: $('event').value, encoding: $('encoding').value };
  if (!sample) {
    setEvent(own.text, own.encoding);
    own = null;
  } else if (sample.base64 !== undefined) {
    setEvent(sample.base64, 'base64');
  } else {
    setEvent(readable(sample.text), 'text');
  }
}

/// What stands there is the user's own now.
function keepEvent() {
  own = null;
  $('sample').selectedIndex = 0;
  checkEvent();
}

export async function loadSamples() {
  const { events } = await call('events');
  for (const event of events) {
    const option = make('option', { textContent: event.type });
    option.sample = event;
    $('sample').append(option);
  }
}

export function beginEvent() {
  $('event').addEventListener('input', keepEvent);
  $('encoding').addEventListener('change', checkEvent);
  $('sample').addEventListener('change', takeSample);
  when('chosen', restoreEvent);
}
